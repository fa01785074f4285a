// Words: how transactions, keys and times are called in sentences.
// Thread rule: pure functions of constant values.
#pragma once

#include <string>
#include <string_view>

#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

/// "process 3".
[[nodiscard]] std::string process_of(const Transactions& transactions, TransactionId id);
/// "at 130 ms": when it was answered, or asked for where no answer came.
[[nodiscard]] std::string time_of(const Transactions& transactions, TransactionId id);
/// "key x".
[[nodiscard]] std::string key_text(const Transactions& transactions, KeyId key);
/// A value as people read it; a long list shows its end only.
[[nodiscard]] std::string brief(const model::Value& value);
/// "[1 2]" of the first `count` elements, likewise.
[[nodiscard]] std::string brief(model::Value::Elements list, std::size_t count);

/// Why no more could be said when a budget ran out: what was being done, how large it is, and what
/// to change.
[[nodiscard]] std::string blocked(const Transactions& transactions, const OutOfBudget& stop,
                                  std::string_view stage);

}  // namespace eris::checkers::transactions
