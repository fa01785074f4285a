// Small random histories of banks and of readers of groups of keys, right more often than not.
// Thread rule: pure functions of the generator.
#pragma once

#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::transactions::testing {

/// Transfers between accounts, some of them seen half done.
[[nodiscard]] model::History random_bank(base::Rng& rng);

/// Every key is written at most once; readers ask replicas that hear of writes in different orders.
[[nodiscard]] model::History random_sights(base::Rng& rng);

}  // namespace eris::checkers::transactions::testing
