// Budget: how much a search may still do.
// Thread rule: one owner; the clock behind out_of_time may be shared.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace eris::checkers::linearizability {

enum class Stop : std::uint8_t {
  no,
  nodes,   ///< of this pass
  effort,  ///< nodes of all passes together
  time,
  memory,
  width,  ///< more operations open at once than the search has room for
};

class Budget {
 public:
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  Budget(std::function<bool()> out_of_time, std::uint64_t memory_bytes,
         std::uint64_t nodes_max = unlimited)
      : out_of_time_(std::move(out_of_time)), memory_bytes_(memory_bytes), nodes_max_(nodes_max) {}

  /// Limits the next pass to this many nodes. Time and memory used up stay used up.
  void begin_pass(std::uint64_t nodes = unlimited) {
    nodes_left_ = nodes;
    if (stop_ == Stop::nodes || stop_ == Stop::memory) stop_ = Stop::no;
  }

  /// Counts one node. False when the search has to stop.
  bool spend() {
    if (stop_ != Stop::no) return false;
    ++nodes_;
    if (nodes_left_-- == 0) stop_ = Stop::nodes;
    if (nodes_ >= nodes_max_) stop_ = Stop::effort;
    if (nodes_ % 1024 == 0 && out_of_time_()) stop_ = Stop::time;
    return stop_ == Stop::no;
  }
  /// Says how much memory the search holds. False when that is too much.
  bool holds(std::uint64_t bytes) {
    most_held_ = std::max(most_held_, bytes);
    if (bytes > memory_bytes_ && stop_ == Stop::no) stop_ = Stop::memory;
    return stop_ == Stop::no;
  }

  [[nodiscard]] Stop stop() const { return stop_; }
  [[nodiscard]] std::uint64_t nodes() const { return nodes_; }
  /// The most memory that any pass said it held.
  [[nodiscard]] std::uint64_t most_held() const { return most_held_; }

 private:
  std::function<bool()> out_of_time_;
  std::uint64_t memory_bytes_;
  std::uint64_t nodes_max_;
  std::uint64_t nodes_left_ = unlimited;
  std::uint64_t nodes_ = 0;
  std::uint64_t most_held_ = 0;
  Stop stop_ = Stop::no;
};

}  // namespace eris::checkers::linearizability
