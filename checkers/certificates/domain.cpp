#include "checkers/certificates/domain.hpp"

#include <initializer_list>
#include <string_view>

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
  const bool adds = deed.call.function == model::function::increment ||
                    deed.call.function == model::function::fetch_add;
  return looks_plainly(deed) || (adds && deed.call.argument.integer() > 0);
}

// Each pair of lists is compared once.
constexpr std::ptrdiff_t lists_max = 64;

/// Another object may have the same name and do something else.
bool is_one_of(const SequentialObject& object, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names,
                             [&](std::string_view name) { return &object == find_object(name); });
}

}  // namespace

std::unique_ptr<Domain> make_domain(const SequentialObject& object, std::span<const Timed> picks,
                                    std::span<const Timed> bystanders) {
  if (bystanders.empty()) return make_value_domain(object, picks, bystanders);
  const auto all = [&](bool (*does)(const Deed&)) {
    return std::ranges::all_of(picks, does, &Timed::deed) &&
           std::ranges::all_of(bystanders, does, &Timed::deed);
  };
  const auto lists = std::ranges::count_if(
      picks, [](const Timed& pick) { return pick.deed.shape.first.is_list(); });
  if (is_one_of(object, {"key-value", "list"}) && lists <= lists_max && all(appends))
    return make_list_domain(object, picks, bystanders);
  if (is_one_of(object, {"key-value", "counter", "fetch-and-add"}) && all(counts_up))
    return make_counter_domain(object, bystanders);
  if (is_one_of(object, {"queue", "stack", "priority-queue", "set", "grow-only-set", "unique-ids"}))
    return make_element_domain(object, picks, bystanders);
  if (is_one_of(object, {"fenced-lock"})) return make_holder_domain(picks, bystanders);
  return make_value_domain(object, picks, bystanders);
}

}  // namespace eris::checkers::certificates
