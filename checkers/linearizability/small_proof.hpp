// Small proofs: a handful of operations that have no order, whatever all others on the key did.
//
// Why: a witness cut down by relaxations keeps every operation of unknown outcome that somebody
// might have seen, which can be a hundred. The argument of `eris verify` (certificates/verify.hpp)
// needs only the operations that it follows: the others may happen wherever their own times allow.
// So its code is asked, with fewer and fewer operations.
// Invariant: what is returned was refuted against the whole history of the key.
// Thread rule: pure functions, apart from the time that the context allows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/objects/object.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

/// A witness of more operations than this is looked at again for a smaller proof.
inline constexpr std::size_t handful = 12;

struct SmallProof {
  std::vector<model::EventIndex> picks;  ///< by their invocations, ascending; see KeyCertificate
  model::EventIndex until = 0;
};

/// `of_key`: all operations of the key, ascending. `witness`: the invocations of some that are at
/// fault, ascending; the proof is looked for among them and among what began just before they
/// ended.
[[nodiscard]] std::optional<SmallProof> find_small_proof(const model::History& history,
                                                         std::span<const std::uint32_t> of_key,
                                                         const SequentialObject& object,
                                                         std::span<const model::EventIndex> witness,
                                                         const CheckContext& context);

}  // namespace eris::checkers::linearizability
