// ProcessTable: which logical processes are idle, and what number each bears.
//
// `concurrency` places run at once; the process at place p bears the number p, p + concurrency,
// p + 2·concurrency, … A process whose operation has an unknown outcome may still take effect, so
// it never acts again: its place goes on under the next number (Jepsen's way). Invariants: a number
// is never used again after it retired; a place has at most one operation open. Thread rule: one
// owner.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/model/operation.hpp"

namespace eris::run {

class ProcessTable {
 public:
  explicit ProcessTable(std::size_t concurrency);

  /// The process that has been idle for longest, now busy; nothing when all are busy.
  [[nodiscard]] std::optional<base::ProcessId> take();
  /// The process at this place, now busy; nothing when it is busy already.
  [[nodiscard]] std::optional<base::ProcessId> take_at(std::size_t place);
  /// Gives back a process that was taken and not used; it is the next to be taken.
  void put_back(base::ProcessId process);
  /// The operation of a busy process is over. An unknown outcome retires it.
  void completed(base::ProcessId process, model::Status status);
  /// From now on every place acts under a fresh number: idle ones at once, busy ones when done.
  void retire_all();

  [[nodiscard]] std::size_t places() const { return places_.size(); }
  [[nodiscard]] std::size_t place_of(base::ProcessId process) const;
  [[nodiscard]] std::size_t busy() const { return places_.size() - idle_.size(); }

 private:
  struct Place {
    base::ProcessId process;
    bool busy = false;
    bool retires = false;  ///< as soon as its operation is over
  };
  [[nodiscard]] base::ProcessId successor(base::ProcessId process) const;
  [[nodiscard]] Place& busy_place_of(base::ProcessId process);

  std::vector<Place> places_;
  std::deque<std::size_t> idle_;  ///< the longest idle first
};

}  // namespace eris::run
