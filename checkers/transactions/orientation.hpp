// Orientation: is there an order of the versions of all registers under which the transactions are
// serializable, or snapshot isolated?
//
// Registers do not show the order of their versions. For each two writers of a key it is one or the
// other, and each has consequences: the later writer comes after the earlier one and after all who
// read the earlier one's value. Orders that close a circle are out, and what is left is tried
// (Papadimitriou 1979 shows why that can be hard; Tan et al., OSDI 2020, call it a polygraph).
// Invariant: `impossible` holds for any larger set of transactions as well.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/transactions/cycles.hpp"
#include "checkers/transactions/registers.hpp"

namespace eris::checkers::transactions {

enum class Possible : std::uint8_t { yes, no, unknown };

/// Either may be the earlier one.
struct Choice {
  TransactionId a = 0;
  TransactionId b = 0;
  KeyId key = 0;
};

/// A question about some transactions, numbered anew.
struct Orientation {
  std::size_t transactions = 0;
  std::vector<Edge> known;
  std::vector<Choice> choices;
  /// By key: who read whose value.
  std::vector<ExternalRead> reads;
};

/// More transactions than this are not tried: each pair takes a bit, and there may be many pairs.
inline constexpr std::size_t oriented_transactions_max = 3000;

/// The question for these transactions, which ascend.
[[nodiscard]] Orientation orientation_of(const Transactions& transactions,
                                         const Registers& registers,
                                         const std::vector<TransactionId>& members, Scope scope);

/// `snapshots`: snapshot isolation, else serializability.
[[nodiscard]] Possible orient(const Orientation& question, bool snapshots,
                              const CheckContext& context);

}  // namespace eris::checkers::transactions
