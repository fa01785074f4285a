// What a sweep reads of a problem, and how it tells what it found.
// Thread rule: plain values; one owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/allowance.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"

namespace eris::checkers::linearizability {

/// An entry of the problem.
using Index = std::uint32_t;
inline constexpr Index no_entry = 0xffffffff;

/// A history and the problem made of it, and what may still be spent on looking at them: every loop
/// over all entries or elements counts its steps.
struct View {
  const model::History& history;
  const Problem& problem;
  Allowance& allowance;

  [[nodiscard]] const Entry& entry(Index i) const { return problem.entries[i]; }
  [[nodiscard]] std::size_t size() const { return problem.entries.size(); }
  [[nodiscard]] const model::Operation& operation(Index i) const {
    return history.operations[entry(i).operation];
  }
  /// Only for entries whose kind is observe or effect.
  [[nodiscard]] const Call& call(Index i) const { return problem.calls[entry(i).call()]; }
  [[nodiscard]] model::EventIndex begin(Index i) const { return entry(i).invoked; }
  [[nodiscard]] model::EventIndex end(Index i) const { return entry(i).completed; }

  // ---- words

  [[nodiscard]] std::string who(Index i) const;
  /// "process 3 dequeued 5 at 50 ms".
  [[nodiscard]] std::string did(Index i) const;
  /// "process 3 enqueued 5", whatever came of it; without a time.
  [[nodiscard]] std::string deed(Index i) const;
  /// From the answer of one to the start of the other: "10 ms".
  [[nodiscard]] std::string gap(Index earlier, Index later) const;
  /// The last failed operation of this function and argument, or nullptr.
  [[nodiscard]] const model::Operation* failed(model::Function function,
                                               const model::Value& argument) const;
  /// " (not leader)", or nothing where no error was told.
  [[nodiscard]] std::string error_of(const model::Operation& operation) const;
};

/// Puts a contradiction together. Each entry may be named several times; it is told of once.
class Story {
 public:
  Story(const View& view, std::string anomaly, std::string sentence);

  /// An operation of the proof; `remark` says what to notice in it.
  Story& with(Index entry, std::string remark = {});
  /// One that may take effect at any time from its start on, or never.
  Story& with_optional(Index entry);
  /// What the proof builds on, and why the operations named have no order.
  Story& because(std::string premise, std::string conclusion);
  /// It holds whatever the state was before.
  Story& from_any_state();

  [[nodiscard]] SweepResult told();

 private:
  struct Pick {
    Index entry = 0;
    bool optional = false;
    std::string remark;
  };

  const View& view_;
  Contradiction contradiction_;
  std::vector<Pick> picks_;
};

[[nodiscard]] inline SweepResult fits() {
  return {SweepAnswer::linearizable, std::nullopt};
}
[[nodiscard]] inline SweepResult undecided() {
  return {};
}

}  // namespace eris::checkers::linearizability
