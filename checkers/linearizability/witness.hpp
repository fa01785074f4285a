// Witness: a small part of a history that proves by itself that the whole is not linearizable.
//
// Why it stays a proof: the part is made by relaxations alone, each of which keeps a linearizable
// history linearizable: leaving out an operation that changes nothing; letting one
// with an effect happen at any time from its start on, or never; taking a compare-and-set for a
// plain write; leaving out one that may never happen and whose value nobody looks at; and
// forgetting everything before some moment together with the state at that moment. So if the
// relaxed part has no linearization, the history had none. Leaving out an acknowledged write would
// prove nothing: somebody may have read it. Thread rule: pure functions, apart from the time that
// the context allows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

/// An entry of the problem as the proof uses it.
struct Pick {
  std::uint32_t entry = 0;
  bool optional = false;   ///< may take effect at any time from its start on, or never
  bool overwrite = false;  ///< a compare-and-set, taken as a write of its new value
};

struct Witness {
  std::vector<Pick> picks;     ///< ascending by invocation
  bool unknown_start = false;  ///< holds whatever the state was before
};

/// The part of a problem that a witness speaks of, with the relaxations applied.
[[nodiscard]] Problem extract(const Problem& problem, const Witness& witness);

/// From the entries of zones that conflict.
[[nodiscard]] Witness witness_from_core(const Problem& problem,
                                        const std::vector<std::uint32_t>& core,
                                        const CheckContext& context);

/// From the entry at whose response no linearization was left.
[[nodiscard]] Witness witness_from_search(const Problem& problem, std::uint32_t blocked_entry,
                                          const CheckContext& context);

}  // namespace eris::checkers::linearizability
