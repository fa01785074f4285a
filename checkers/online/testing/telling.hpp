// Telling a follower of a history that is already there, event by event, as a run would have.
// Thread rule: pure, apart from the follower.
#pragma once

#include <cstddef>
#include <functional>

#include "checkers/online/follower.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::online::testing {

/// When a client gives up on an operation whose outcome stays unknown.
enum class Abandon : std::uint8_t { at_once, at_the_end };

/// Calls after(how many events have been told) behind each event.
void tell(Follower& follower, const model::History& history, Abandon abandon,
          const std::function<void(std::size_t)>& after = {});

/// What of a history was known after so many events: operations without an answer by then are open,
/// which is to say unknown.
[[nodiscard]] model::History known_after(const model::History& history, std::size_t events);

}  // namespace eris::checkers::online::testing
