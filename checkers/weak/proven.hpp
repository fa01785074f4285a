// Proven: what can be said of a part of a history where a budget ran out before the whole was
// decided.
//
// Two sorts of part: a beginning in time, where an order was found for all of it; and the reads of
// some sessions, where each session is explained by itself. "Proven" means that the part holds the
// model when it is taken for a history of its own: of a beginning, what was open at its end has an
// unknown outcome; of some sessions' reads, all writes stay.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::weak {

/// What was answered before this event is in an order that explains it; 0: nothing is.
[[nodiscard]] model::EventIndex proven_until(const model::History& history,
                                             const Sessions& sessions, const Proven& proven);

/// "the first 812 of 2,000 operations, answered before 3.2 s, are proven by themselves".
[[nodiscard]] std::string proven_text(const model::History& history, const Sessions& sessions,
                                      const Proven& proven);

}  // namespace eris::checkers::weak
