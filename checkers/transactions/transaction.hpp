// Transactions: the operations "txn" of a history, taken apart once into flat arrays.
//
// Why: a history of a million transactions holds millions of micro-operations in nested lists.
// Every analysis walks over them several times, so they are unfolded once; a micro-operation is 16
// bytes and points at its value in the history.
// Invariant: transactions ascend by invocation; the history outlives what points into it. Thread
// rule: plain values, never changed after parse().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkers/allowance.hpp"
#include "harness/base/result.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::transactions {

/// Index into Transactions::all.
using TransactionId = std::uint32_t;
/// Index into Transactions::micros.
using MicroId = std::uint32_t;
/// Index into Transactions::keys.
using KeyId = std::uint32_t;
inline constexpr std::uint32_t none = ~std::uint32_t{0};

/// One step of a transaction.
struct Micro {
  const model::Value* value = nullptr;  ///< what was read, written or appended; nullptr: unknown
  KeyId key = 0;
  bool write = false;  ///< a write or an append
};

struct Transaction {
  std::uint32_t operation = 0;  ///< index into History::operations
  MicroId first = 0;
  MicroId end = 0;
  model::Status status = model::Status::info;
  model::EventIndex invoked = 0;
  model::EventIndex completed = model::never;
};

struct Transactions {
  const model::History* history = nullptr;
  std::vector<Transaction> all;
  std::vector<Micro> micros;
  std::vector<TransactionId> owner;  ///< by micro-operation
  std::vector<model::Value> keys;
  std::size_t succeeded = 0;

  [[nodiscard]] std::span<const Micro> micros_of(TransactionId id) const {
    return std::span(micros).subspan(all[id].first, all[id].end - all[id].first);
  }
  [[nodiscard]] const model::Operation& operation_of(TransactionId id) const {
    return history->operations[all[id].operation];
  }
};

/// Which writes a transaction is made of.
enum class Flavour : std::uint8_t { list_append, rw_register };

/// Takes the history apart, or its beginning: what was asked for before an event, of which what was
/// answered later has an unknown outcome. Of a transaction that did not succeed the reads are
/// unknown.
/// Errors: usage, naming the operation that is no transaction, or one of the other flavour.
/// Throws OutOfBudget.
[[nodiscard]] base::Result<Transactions> parse(const model::History& history, Flavour flavour,
                                               Allowance& allowance,
                                               model::EventIndex until = model::never);

/// "[r x [1 2]] [append y 3]".
[[nodiscard]] std::string to_text(const Transactions& transactions, TransactionId id);

}  // namespace eris::checkers::transactions
