// Verify: checks a certificate against its history, with plain code that shares nothing with the
// checkers but the sequential objects and the form of a history.
//
// A key is linearizable when the certificate's order holds every operation that happened, once; no
// operation stands after one that began only after it had ended; and played in this order, the
// object gives every answer (Herlihy and Wing 1990, section 2.2).
//
// A key is not linearizable when the certificate's few operations, the picks, have no order, even
// if all others were allowed more than they are. That is derived, not claimed:
//   - Up to an event, only what had begun by then can matter: in any order of the whole history the
//     operations up to the last that had ended by then have all begun by then, since whatever began
//     later comes after it. So it is enough to look at these, and what had not ended by then may
//     have happened or not.
//   - Of these, each pick is followed one by one. Each other operation that may have had an effect
//     may stand, any number of times, wherever its own start and end allow (domain.hpp). Others
//     that certainly changed nothing can be left out of any order.
// Every order of the history gives one under these rules, so if there is none, the history has
// none. No part of the argument rests on how the picks were chosen: any picks may be tried.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "checkers/certificates/certificate.hpp"
#include "checkers/objects/object.hpp"

namespace eris::checkers::certificates {

/// A proof that takes more than this to follow is refused: it would not be small.
inline constexpr std::uint64_t steps_max = 50'000'000;
inline constexpr std::size_t picks_max = 4096;

struct Verification {
  bool accepted = false;
  /// Refused: why, as a phrase. Accepted: what is proven, as a sentence.
  std::string reason;
  /// What an accepted certificate proves of the whole history: valid, invalid, or unknown.
  model::Verdict proven = model::Verdict::unknown;
  std::size_t keys_valid = 0;
  std::size_t keys_invalid = 0;
  std::size_t keys_unknown = 0;
};

/// Checks the whole certificate.
[[nodiscard]] Verification verify(const model::History& history, const Certificate& certificate);

/// The same for an object of one's own.
[[nodiscard]] Verification verify(const model::History& history, const SequentialObject& object,
                                  const Certificate& certificate);

/// What is wrong with an order as evidence that a key is linearizable, or nothing. `of_key`: the
/// indices of the key's operations, ascending.
[[nodiscard]] std::optional<std::string> objection_to_order(
    const model::History& history, const SequentialObject& object,
    std::span<const std::uint32_t> of_key, std::span<const model::EventIndex> order);

/// What is wrong with some operations as evidence that it is not, or nothing.
[[nodiscard]] std::optional<std::string> objection_to_proof(
    const model::History& history, const SequentialObject& object,
    std::span<const std::uint32_t> of_key, std::span<const model::EventIndex> picks,
    model::EventIndex until, std::uint64_t steps = steps_max);

}  // namespace eris::checkers::certificates
