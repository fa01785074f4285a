// Beginning: a history as it would be had the run ended at some event.
// Thread rule: pure function.
#pragma once

#include "harness/model/history.hpp"

namespace eris::checkers::testing {

/// The operations invoked before this event; those not answered before it have an unknown outcome.
[[nodiscard]] model::History beginning_of(const model::History& history, model::EventIndex until);

}  // namespace eris::checkers::testing
