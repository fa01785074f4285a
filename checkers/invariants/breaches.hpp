// Breaches: how often each rule of a protocol was broken, and the first time in full.
//
// A broken system breaks the same rule thousands of times; what teaches is the first.
// Invariant: constant memory for each rule.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/operation.hpp"

namespace eris::checkers::invariants {

/// One rule, broken once.
struct Breach {
  std::string rule;                 ///< "election-safety"
  std::string what;                 ///< a sentence without its full stop
  std::vector<base::NodeId> nodes;  ///< that it names; perhaps none
  model::EventIndex event = 0;      ///< the line of the journal that shows it
  base::Instant at{};
  std::optional<std::int64_t> step;  ///< of the simulator
};

class Breaches {
 public:
  struct Rule {
    Breach first;
    std::uint64_t count = 0;
  };

  void add(Breach breach);

  /// In the order in which they were first broken.
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

}  // namespace eris::checkers::invariants
