// Registers: who wrote each value that was read, where every value is written to a key only once.
//
// Why apart from the order of versions: that a value was never written, or by a transaction that
// failed, or not last, is plain from the value alone.
// Invariant: `writer` of an external read is a transaction that took effect, or `none` for what was
// there at the start.
// Thread rule: plain value.
#pragma once

#include <vector>

#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

/// What a transaction saw of others: its first read of a key, before it wrote the key itself.
struct ExternalRead {
  TransactionId reader = 0;
  KeyId key = 0;
  TransactionId writer = none;  ///< none: nobody had written yet
  bool at_first = true;         ///< false: it had read or written the key already
};

struct Registers {
  std::vector<ExternalRead> reads;                  ///< ascending by reader
  std::vector<std::vector<TransactionId>> writers;  ///< by key, ascending; those that took effect
  std::vector<bool> effective;                      ///< by transaction
};

/// Numbers the versions of all keys, those of a key side by side: what was there at the start, then
/// one for each writer.
class VersionNumbers {
 public:
  VersionNumbers() = default;
  explicit VersionNumbers(const Registers& registers);

  [[nodiscard]] std::uint32_t all() const { return first_.back(); }
  /// The one that was there at the start; those of the next key begin at start(key + 1).
  [[nodiscard]] std::uint32_t start(KeyId key) const { return first_[key]; }
  [[nodiscard]] std::uint32_t of(KeyId key, TransactionId writer) const;

 private:
  const Registers* registers_ = nullptr;
  std::vector<std::uint32_t> first_;
};

/// Finds them, and everything that is wrong with single reads: internal, future read, G1a, G1b,
/// values never written, lost update, fractured read.
/// Errors: usage, where a value was written to a key twice. Throws OutOfBudget.
[[nodiscard]] base::Result<Registers> find_registers(const Transactions& transactions,
                                                     Anomalies& anomalies, Allowance& allowance);

}  // namespace eris::checkers::transactions
