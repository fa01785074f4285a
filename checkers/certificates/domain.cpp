#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

bool looks_plainly(const Deed& deed) {
  return deed.shape.kind == ShapeKind::read || deed.shape.kind == ShapeKind::differs ||
         deed.shape.kind == ShapeKind::impossible;
}

bool appends(const Deed& deed) {
  return looks_plainly(deed) || deed.call.function == model::function::append;
}

bool counts_up(const Deed& deed) {
  return looks_plainly(deed) ||
         (deed.call.function == model::function::increment && deed.call.argument.integer() > 0);
}

// Each pair of lists is compared once.
constexpr std::ptrdiff_t lists_max = 64;

}  // namespace

std::unique_ptr<Domain> make_domain(const SequentialObject& object, std::span<const Timed> picks,
                                    std::span<const Timed> bystanders) {
  const auto all = [&](bool (*does)(const Deed&)) {
    return std::ranges::all_of(picks, does, &Timed::deed) &&
           std::ranges::all_of(bystanders, does, &Timed::deed);
  };
  // Another object may mean something else by "append".
  const bool known = &object == find_object("key-value") && !bystanders.empty();
  const auto lists = std::ranges::count_if(
      picks, [](const Timed& pick) { return pick.deed.shape.first.is_list(); });
  if (known && lists <= lists_max && all(appends)) return make_list_domain(picks, bystanders);
  if (known && all(counts_up)) return make_counter_domain(bystanders);
  return make_value_domain(object, picks, bystanders);
}

}  // namespace eris::checkers::certificates
