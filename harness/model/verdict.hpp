// Verdict, Finding and CheckResult: what checkers say of a history.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/value.hpp"

namespace eris::model {

/// Ascending severity: merging two verdicts keeps the greater. Only `valid` is success.
enum class Verdict : std::uint8_t {
  valid,        ///< The property holds for this history.
  vacuous,      ///< Nothing was tested: no operation of a required kind succeeded, or no fault bit.
  unknown,      ///< A checker ran out of time or memory, crashed, or an assumption failed.
  environment,  ///< This machine could not run it.
  invalid,      ///< The property is violated, with proof.
};

[[nodiscard]] constexpr Verdict merge(Verdict a, Verdict b) {
  return a < b ? b : a;
}
[[nodiscard]] std::string_view to_text(Verdict verdict);
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view text);
/// Process exit code: valid 0, invalid 1, unknown 2, vacuous 3, environment 4.
[[nodiscard]] int exit_code(Verdict verdict);

/// One operation of a proof.
struct WitnessStep {
  std::size_t operation = 0;  ///< index into History::operations
  std::string role;           ///< its part in the proof: "wrote 5", "read 4 although 5 was there"
  bool operator==(const WitnessStep&) const = default;
};

/// Why one operation of a proof must come before another.
struct WitnessArrow {
  std::size_t from = 0;  ///< index into Finding::witness
  std::size_t to = 0;
  std::string kind;   ///< "ww", "wr", "rw", "process", "realtime"
  std::string words;  ///< "read x as [1] before T2 appended 2 to x"
  bool operator==(const WitnessArrow&) const = default;
};

/// A violated property with the smallest proof that was found.
struct Finding {
  std::string property;  ///< what was promised: "linearizable"
  std::string anomaly;   ///< what happened, in the field's words: "stale read", "lost write", …
  Value key;             ///< of the object; nil where it concerns the whole system
  std::string sentence;  ///< the violation in one sentence for people
  std::vector<std::string> explanation;  ///< further sentences, one step of the argument each
  std::vector<WitnessStep> witness;      ///< ascending by invocation
  std::vector<WitnessArrow> arrows;      ///< where the proof is a circle: its way around
  std::size_t searched_operations = 0;   ///< how many operations the proof was cut down from
  std::optional<base::Instant> at;       ///< when it showed, where that is not the witness's time
  std::vector<base::NodeId> nodes;       ///< that broke a rule of their protocol
  bool operator==(const Finding&) const = default;
};

/// What one checker says.
struct CheckResult {
  std::string checker;  ///< "linearizability", "assumptions", …
  Verdict verdict = Verdict::unknown;
  std::string reason;  ///< one sentence: why this verdict; for unknown: what blocked, what to do
  std::vector<Finding> findings;
  Fields statistics;  ///< operations, keys, algorithm per key, …
  bool operator==(const CheckResult&) const = default;
};

/// What all checkers say.
struct Judgement {
  Verdict verdict = Verdict::unknown;
  std::vector<CheckResult> results;
  bool operator==(const Judgement&) const = default;
};

/// Merges the results. No results is `unknown`: silence is never success.
[[nodiscard]] Judgement judge(std::vector<CheckResult> results);

}  // namespace eris::model
