// Agenda: everything that will happen, in the order of its time; equal times in the order in which
// they were put down. This order is the simulator's only source of what comes before what, so equal
// seeds give equal runs.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/sim/happenings.hpp"

namespace eris::sim {

class Agenda {
 public:
  void add(base::Instant at, Happening&& what);

  /// When the next thing happens; nothing when nothing is left.
  [[nodiscard]] std::optional<base::Instant> due() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().at);
  }
  /// Takes the next thing. There must be one.
  [[nodiscard]] Happening take();

  /// How many things have been taken.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  /// Small, so that the heap moves little; what happens waits in `slots_`.
  struct Entry {
    base::Instant at;
    std::uint64_t order;
    std::uint32_t slot;
  };
  /// A type and no function, so that the heap's algorithms compare in place.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  std::vector<Entry> heap_;
  std::vector<Happening> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_order_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace eris::sim
