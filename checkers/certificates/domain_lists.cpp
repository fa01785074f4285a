// Lists: while a key is only appended to, its list matters as long as it may still become one that
// a pick saw, which is when it is the beginning of one. Any other is "lost" for good.
#include <functional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

using model::Value;

class ListDomain : public Domain {
 public:
  ListDomain(const SequentialObject& object, std::span<const Timed> picks,
             std::span<const Timed> bystanders)
      : nothing_(object.initial()) {
    for (const Timed& pick : picks)
      if (pick.deed.shape.first.is_list()) lists_.push_back(pick.deed.shape.first);
    shared_.resize(lists_.size());
    for (std::size_t i = 0; i < lists_.size(); ++i)
      for (std::size_t j = 0; j <= i; ++j) shared_[i].push_back(shared(lists_[i], lists_[j]));
    for (const Timed& bystander : bystanders) {
      appenders_[bystander.deed.call.argument].add(bystander.invoked, bystander.completed);
      all_.add(bystander.invoked, bystander.completed);
    }
  }

  State initial() override { return number({0, 0}); }

  std::optional<State> after(State state, const Deed& pick) override {
    if (pick.shape.kind == ShapeKind::effect) return appended(state, pick.call.argument);
    if (pick.shape.kind == ShapeKind::impossible) return std::nullopt;
    const bool equal = is(state, pick.shape.first);
    return equal == (pick.shape.kind == ShapeKind::read) ? std::optional(state) : std::nullopt;
  }

  void drift(State state, Place place, std::vector<State>& to) override {
    if (state == lost || !all_.may_stand_at(place)) return;
    to.push_back(lost);
    const Beginning here = beginnings_[state];
    for (std::uint32_t list = 0; list < lists_.size(); ++list) {
      if (!continues(here, list)) continue;
      const auto appenders = appenders_.find(lists_[list].list()[here.length]);
      if (appenders != appenders_.end() && appenders->second.may_stand_at(place))
        to.push_back(number({list, here.length + 1}));
    }
  }

 private:
  /// The first elements of a list; none of them: nothing was appended yet.
  struct Beginning {
    std::uint32_t list = 0;
    std::uint32_t length = 0;
  };
  static constexpr State lost = 0xffffffff;

  static std::uint32_t shared(const Value& a, const Value& b) {
    const auto end = std::ranges::mismatch(a.list(), b.list()).in1;
    return static_cast<std::uint32_t>(end - a.list().begin());
  }
  [[nodiscard]] std::uint32_t shared(std::uint32_t a, std::uint32_t b) const {
    return a < b ? shared_[b][a] : shared_[a][b];
  }

  /// Equal beginnings of several lists are one state.
  State number(Beginning beginning) {
    std::uint32_t first = 0;
    while (first < beginning.list && shared(first, beginning.list) < beginning.length) ++first;
    if (beginning.length == 0) first = 0;
    const std::uint64_t name = (std::uint64_t{first} << 32) | beginning.length;
    const auto [found, is_new] = numbers_.try_emplace(name, static_cast<State>(beginnings_.size()));
    if (is_new) beginnings_.push_back({first, beginning.length});
    return found->second;
  }

  [[nodiscard]] bool continues(Beginning beginning, std::uint32_t list) const {
    return lists_[list].list().size() > beginning.length &&
           (beginning.length == 0 || shared(beginning.list, list) >= beginning.length);
  }

  State appended(State state, const Value& element) {
    if (state == lost) return lost;
    const Beginning here = beginnings_[state];
    for (std::uint32_t list = 0; list < lists_.size(); ++list)
      if (continues(here, list) && lists_[list].list()[here.length] == element)
        return number({list, here.length + 1});
    return lost;
  }

  [[nodiscard]] bool is(State state, const Value& value) const {
    if (state == lost) return false;
    const Beginning here = beginnings_[state];
    if (here.length == 0) return value == nothing_;
    if (!value.is_list() || value.list().size() != here.length) return false;
    return shared(lists_[here.list], value) == here.length;
  }

  Value nothing_;                                   ///< the state before the first append
  std::vector<Value> lists_;                        ///< that picks ask for
  std::vector<std::vector<std::uint32_t>> shared_;  ///< how much two of them begin alike
  std::vector<Beginning> beginnings_;               ///< by state
  boost::unordered_flat_map<std::uint64_t, State> numbers_;
  boost::unordered_flat_map<Value, Crowd, std::hash<Value>> appenders_;  ///< by element
  Crowd all_;
};

}  // namespace

std::unique_ptr<Domain> make_list_domain(const SequentialObject& object,
                                         std::span<const Timed> picks,
                                         std::span<const Timed> bystanders) {
  return std::make_unique<ListDomain>(object, picks, bystanders);
}

}  // namespace eris::checkers::certificates
