// Progress: what a person who waits for a run wants to know. ProgressMeter: when to say it.
// Thread rule: plain value; the meter has one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::run {

/// How many operations ended in which way.
struct OperationCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  [[nodiscard]] std::uint64_t total() const { return ok + fail + info; }
  bool operator==(const OperationCounts&) const = default;
};

struct Progress {
  std::string stage;                 ///< as in the journal: "setup", "load", …
  base::Duration time{};             ///< since the load began
  base::Duration time_limit{};       ///< of the load
  double operations_per_second = 0;  ///< over the last second
  OperationCounts operations;
  std::vector<std::string> faults;  ///< in force, the oldest first: "partition: isolate leader n3"
  std::optional<base::NodeId> leader;
  std::optional<base::Term> term;
};

class ProgressMeter {
 public:
  /// True about four times a second; then the caller shows its progress.
  [[nodiscard]] bool is_due(base::Instant now) const { return now >= due_; }
  [[nodiscard]] base::Instant due() const { return due_; }
  /// Takes the count of ended operations, and gives the rate over the last second or, earlier in a
  /// run, since the first sample. Sets the next due time.
  [[nodiscard]] double sample(base::Instant now, std::uint64_t operations);

 private:
  struct Sample {
    base::Instant time;
    std::uint64_t operations;
  };
  base::Instant due_{};
  std::deque<Sample> samples_;
};

}  // namespace eris::run
