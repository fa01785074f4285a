#include "checkers/certificates/refuter.hpp"

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace eris::checkers::certificates {

namespace {

/// Which picks have been placed: one bit each.
using Placed = std::vector<std::uint64_t>;

class Refuter {
 public:
  Refuter(std::span<const Timed> picks, Domain& domain, std::uint64_t steps)
      : picks_(picks), domain_(domain), steps_left_(steps) {}

  Orders run() {
    reach(Placed((picks_.size() + 63) / 64, 0), domain_.initial());
    while (!to_visit_.empty()) {
      const std::uint64_t name = to_visit_.back();
      to_visit_.pop_back();
      const Placed placed = placed_[static_cast<std::uint32_t>(name >> 32)];
      if (visit(placed, static_cast<Domain::State>(name))) return Orders::some;
      if (steps_left_ == 0) return Orders::too_many;
    }
    return Orders::none;
  }

 private:
  static bool has(const Placed& placed, std::size_t pick) {
    return ((placed[pick / 64] >> (pick % 64)) & 1) != 0;
  }

  /// True when no pick is left that has to be placed.
  bool visit(const Placed& placed, Domain::State state) {
    bool complete = true;
    Place place;
    for (std::size_t i = 0; i < picks_.size(); ++i) {
      if (has(placed, i)) {
        place.after = picks_[i].invoked;  // they ascend
      } else if (picks_[i].certain) {
        complete = false;
        place.before = std::min(place.before, picks_[i].completed);
      }
    }
    if (complete) return true;
    drifted_.clear();
    domain_.drift(state, place, drifted_);
    for (const Domain::State drifted : drifted_) reach(placed, drifted);
    for (std::size_t i = 0; i < picks_.size() && picks_[i].invoked <= place.before; ++i) {
      if (has(placed, i)) continue;
      if (steps_left_ == 0) return false;
      --steps_left_;
      const auto next = domain_.after(state, picks_[i].deed);
      if (!next) continue;
      Placed with = placed;
      with[i / 64] |= std::uint64_t{1} << (i % 64);
      reach(with, *next);
    }
    return false;
  }

  void reach(const Placed& placed, Domain::State state) {
    const auto [found, is_new] =
        numbers_.try_emplace(placed, static_cast<std::uint32_t>(placed_.size()));
    if (is_new) placed_.push_back(placed);
    const std::uint64_t name = (std::uint64_t{found->second} << 32) | state;
    if (seen_.insert(name).second) to_visit_.push_back(name);
  }

  std::span<const Timed> picks_;
  Domain& domain_;
  std::uint64_t steps_left_;
  std::vector<Placed> placed_;
  boost::unordered_flat_map<Placed, std::uint32_t, boost::hash<Placed>> numbers_;
  boost::unordered_flat_set<std::uint64_t> seen_;
  std::vector<std::uint64_t> to_visit_;
  std::vector<Domain::State> drifted_;
};

}  // namespace

Orders orders_of(std::span<const Timed> picks, Domain& domain, std::uint64_t steps) {
  return Refuter(picks, domain, steps).run();
}

}  // namespace eris::checkers::certificates
