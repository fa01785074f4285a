// Long fork: do two readers agree in which order independent writes came?
//
// Histories: transactions on registers; each key is written at most once, and reads cover groups of
// keys. Of two reads of the same group one must have seen all that the other saw: sorted by how
// much they saw, each read contains the one before it.
// Exact for this anomaly in O(n log n); everything else is for rw-register.
// Source: Sovran et al. (SOSP 2011), which allows it under the name of long fork.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>

#include "checkers/checker.hpp"
#include "checkers/transactions/models.hpp"

namespace eris::checkers::transactions {

/// nullptr for models that allow long forks.
[[nodiscard]] std::unique_ptr<Checker> make_long_fork_checker(Model promised);

}  // namespace eris::checkers::transactions
