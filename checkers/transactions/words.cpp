#include "checkers/transactions/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkers/extent.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

namespace {

constexpr std::size_t elements_shown = 6;

}  // namespace

std::string process_of(const Transactions& transactions, TransactionId id) {
  return fmt::format("process {}", transactions.operation_of(id).process.value);
}

std::string time_of(const Transactions& transactions, TransactionId id) {
  const model::Operation& operation = transactions.operation_of(id);
  const bool answered = operation.status != model::Status::info;
  return "at " + base::to_rounded_text(answered ? operation.completed_at : operation.invoked_at);
}

std::string blocked(const Transactions& transactions, const OutOfBudget& stop,
                    std::string_view stage) {
  return fmt::format(
      "{} while {}: {}, {}; give it more {}, run for a shorter time, or ask less often",
      stop.what(), stage, to_text(extent_of(*transactions.history), "transaction"),
      base::count_of(transactions.micros.size(), "micro-operation"),
      stop.ran_out == OutOfBudget::What::time ? "time" : "memory");
}

std::string key_text(const Transactions& transactions, KeyId key) {
  return fmt::format("key {}", to_text(transactions.keys[key]));
}

std::string brief(model::Value::Elements list, std::size_t count) {
  const std::size_t hidden = count > elements_shown ? count - elements_shown : 0;
  std::string text = hidden > 0 ? fmt::format("[… {} more …", hidden) : std::string("[");
  for (std::size_t i = hidden; i < count; ++i)
    text += (text.size() > 1 ? " " : "") + to_text(list[i]);
  return text + "]";
}

std::string brief(const model::Value& value) {
  if (value.is_list()) return brief(value.list(), value.list().size());
  return to_text(value);
}

}  // namespace eris::checkers::transactions
