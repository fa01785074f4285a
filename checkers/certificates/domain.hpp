// Domain: the states that an object may be in while only some of the operations on it are followed
// one by one.
//
// Why: a proof that a history has no order follows a few of its operations, the picks. All the
// others, the bystanders, are not forgotten: wherever one of them may happen, by its own times, it
// may happen here, any number of times. That allows more than the history does, so what is
// impossible here was impossible there. A domain says where that leads: to a value; to some value
// that no pick asks for; to anything at all.
//
// Invariant, on which every refutation rests: if the object may be in state s, and a domain's state
// d stands for s, then after a pick on s some successor of d under that pick stands for the new
// state, and after a bystander either d or one of the drifted states does.
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "checkers/certificates/deed.hpp"

namespace eris::checkers::certificates {

/// An operation with its times.
struct Timed {
  Deed deed;
  model::EventIndex invoked = 0;
  model::EventIndex completed = model::never;
  bool certain = false;  ///< it has to be in every order
};

/// A place in an order of picks: after all that began by `after`, and before all that ended from
/// `before` on.
struct Place {
  model::EventIndex after = 0;
  model::EventIndex before = model::never;
};

/// Bystanders that do the same. An operation may stand at a place unless it ended before something
/// that comes earlier began, or began after something that comes later ended.
class Crowd {
 public:
  /// Ascending by `invoked`.
  void add(model::EventIndex invoked, model::EventIndex completed) {
    if (!members_.empty()) completed = std::max(completed, members_.back().second);
    members_.emplace_back(invoked, completed);
  }
  [[nodiscard]] bool may_stand_at(Place place) const {
    const auto begun = std::ranges::upper_bound(members_, place.before, {},
                                                [](const auto& member) { return member.first; });
    return begun != members_.begin() && std::prev(begun)->second >= place.after;
  }

 private:
  /// When each began, and the latest end of it and those before it.
  std::vector<std::pair<model::EventIndex, model::EventIndex>> members_;
};

class Domain {
 public:
  using State = std::uint32_t;

  virtual ~Domain() = default;
  [[nodiscard]] virtual State initial() = 0;
  /// Where a pick leads, or nothing where it cannot have had its answer.
  [[nodiscard]] virtual std::optional<State> after(State state, const Deed& pick) = 0;
  /// Adds the states to which one bystander may lead at this place.
  virtual void drift(State state, Place place, std::vector<State>& to) = 0;
};

/// The finest domain that there is for these operations on this object.
[[nodiscard]] std::unique_ptr<Domain> make_domain(const SequentialObject& object,
                                                  std::span<const Timed> picks,
                                                  std::span<const Timed> bystanders);

// What make_domain chooses from. domain_values.cpp fits all objects. Where there are bystanders,
// the others say more: of lists while they are only appended to, of counts while they only go up,
// of objects made of elements, of locks with fencing tokens.
[[nodiscard]] std::unique_ptr<Domain> make_value_domain(const SequentialObject& object,
                                                        std::span<const Timed> picks,
                                                        std::span<const Timed> bystanders);
[[nodiscard]] std::unique_ptr<Domain> make_list_domain(const SequentialObject& object,
                                                       std::span<const Timed> picks,
                                                       std::span<const Timed> bystanders);
[[nodiscard]] std::unique_ptr<Domain> make_counter_domain(const SequentialObject& object,
                                                          std::span<const Timed> bystanders);
[[nodiscard]] std::unique_ptr<Domain> make_element_domain(const SequentialObject& object,
                                                          std::span<const Timed> picks,
                                                          std::span<const Timed> bystanders);
[[nodiscard]] std::unique_ptr<Domain> make_holder_domain(std::span<const Timed> picks,
                                                         std::span<const Timed> bystanders);

}  // namespace eris::checkers::certificates
