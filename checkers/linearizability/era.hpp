// Era: the first part of a key's life, in which one kind of change was made to it.
//
// Why: while a key is only read and appended to, its list only grows; while it is only read and
// incremented, its count does. Rules about lists and counters hold there and nowhere else.
// Invariants: an operation of the era is an entry of the problem; every change that began before
// `end` is among `changes`; every read among `reads` completed before `end`.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkers/linearizability/collections.hpp"

namespace eris::checkers::linearizability {

struct Era {
  const model::History* history = nullptr;
  const Problem* problem = nullptr;
  model::Function change;              ///< append or increment
  std::vector<std::uint32_t> changes;  ///< entries, ascending by invocation
  std::vector<std::uint32_t> reads;    ///< entries that saw the value, ascending by completion
  model::EventIndex end = model::never;

  [[nodiscard]] const Entry& entry(std::uint32_t index) const { return problem->entries[index]; }
  [[nodiscard]] const model::Operation& operation(std::uint32_t index) const {
    return history->operations[entry(index).operation];
  }
  /// What a change appends or adds.
  [[nodiscard]] const model::Value& argument(std::uint32_t index) const {
    return problem->calls[entry(index).call()].argument;
  }
  /// The value that a read saw.
  [[nodiscard]] const model::Value& seen(std::uint32_t index) const {
    return problem->values[entry(index).first];
  }
  /// One had its answer before the other began.
  [[nodiscard]] bool precedes(std::uint32_t earlier, std::uint32_t later) const {
    return entry(earlier).completed < entry(later).invoked;
  }
};

/// Nothing where the key begins with another kind of change, or has none.
[[nodiscard]] std::optional<Era> era_of(const model::History& history, const Problem& problem);

/// The plainest contradiction of a list that is only appended to.
[[nodiscard]] std::optional<Contradiction> list_contradiction(const Era& era);

/// The plainest contradiction of a counter that only counts up.
[[nodiscard]] std::optional<Contradiction> counter_contradiction(const Era& era);

/// An operation of a proof, and what to notice in it.
struct Part {
  std::uint32_t entry = 0;
  std::string remark;
};

/// Makes the witness of these, in order of invocation.
void set_parts(Contradiction& contradiction, const Era& era, std::vector<Part> parts);

// ---- words

[[nodiscard]] std::string process_of(const Era& era, std::uint32_t entry);
/// "process 3 read [1 2] at 50 ms", "process 2 did increment 1, giving 4 at 20 ms".
[[nodiscard]] std::string deed_of(const Era& era, std::uint32_t entry);
/// From the answer of one to the start of the other: "10 ms before that read began".
[[nodiscard]] std::string gap_between(const Era& era, std::uint32_t earlier, std::uint32_t later);

}  // namespace eris::checkers::linearizability
