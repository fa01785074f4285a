// Random histories of transactions from a small database that is only as good as it is told to be.
//
// Why a simulator: histories in which everything is random are nearly always impossible. This one
// runs real transactions, concurrently, at a chosen isolation, so that each anomaly arises in the
// way in which it does in databases; afterwards the history may be hurt in a place or two.
// Thread rule: pure functions of the generator.
#pragma once

#include <cstddef>

#include "checkers/transactions/transaction.hpp"
#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::transactions::testing {

enum class Isolation : std::uint8_t {
  serial,            ///< all at once, between request and answer
  stale_serial,      ///< read-only transactions may read an old state
  snapshot,          ///< first committer wins
  stale_snapshot,    ///< snapshots may be old
  racing_snapshot,   ///< nobody checks for conflicts: updates are lost
  read_committed,    ///< each read sees what is committed at that moment
  read_uncommitted,  ///< writes show at once, and stay when the transaction fails
};

struct RandomTransactionsOptions {
  Flavour flavour = Flavour::list_append;
  Isolation isolation = Isolation::serial;
  std::size_t transactions = 5;
  std::size_t clients = 3;
  std::size_t keys = 2;
  std::size_t length_max = 3;   ///< micro-operations of one transaction
  double reads = 0.5;           ///< share of micro-operations
  double unknown_outcomes = 0;  ///< share of transactions
  double failures = 0;          ///< share that aborts
  std::size_t keys_rotate_after =
      0;                      ///< writes to a key before a new one takes its place; 0: never
  double stale_read_at = -1;  ///< one read-only transaction sees an old state at this place, 0 to 1
  std::size_t mutations = 0;  ///< reads or outcomes changed afterwards
};

[[nodiscard]] RandomTransactionsOptions random_options(base::Rng& rng, Flavour flavour);

[[nodiscard]] model::History random_transactions(const RandomTransactionsOptions& options,
                                                 base::Rng& rng);

}  // namespace eris::checkers::transactions::testing
