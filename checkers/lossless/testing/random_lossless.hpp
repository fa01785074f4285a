// Small random histories of sets, queues and logs that lose, repeat and invent now and then.
// Thread rule: pure function of the generator.
#pragma once

#include <string>

#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::lossless::testing {

/// A history of this object: "set", "queue" or "log".
[[nodiscard]] model::History random_lossless(const std::string& object, base::Rng& rng);

}  // namespace eris::checkers::lossless::testing
