#include "checkers/transactions/transaction.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

namespace eris::checkers::transactions {

using base::Result;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

class Parser {
 public:
  Parser(const History& history, Flavour flavour, Allowance& allowance, model::EventIndex until)
      : history_(history),
        allowance_(allowance),
        until_(until),
        write_name_(flavour == Flavour::list_append ? "append" : "w"),
        lists_(flavour == Flavour::list_append) {}

  Result<Transactions> run() {
    result_.history = &history_;
    const auto end = std::ranges::lower_bound(history_.operations, until_, {}, &Operation::invoked);
    const auto count = static_cast<std::size_t>(end - history_.operations.begin());
    allowance_.hold(count * (sizeof(Transaction) + 2 * (sizeof(Micro) + sizeof(TransactionId))));
    result_.all.reserve(count);
    result_.micros.reserve(2 * count);
    result_.owner.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) ERIS_CHECK_OK(add(i));
    return std::move(result_);
  }

 private:
  Result<void> add(std::size_t index) {
    allowance_.step();
    const Operation& operation = history_.operations[index];
    if (operation.function != model::function::transaction)
      return wrong(index, fmt::format("{} is no transaction", operation.function.view()));
    // What was asked is known even where no answer came.
    const bool in_time = operation.completed < until_;
    const Status status = in_time ? operation.status : Status::info;
    const bool answered = status == Status::ok && !operation.result.is_nil();
    const Value& said = answered ? operation.result : operation.argument;
    if (!said.is_list()) return wrong(index, "it is no list of micro-operations");
    Transaction transaction{.operation = static_cast<std::uint32_t>(index),
                            .first = static_cast<MicroId>(result_.micros.size()),
                            .status = status,
                            .invoked = operation.invoked,
                            .completed = in_time ? operation.completed : model::never};
    for (const Value& step : said.list()) ERIS_CHECK_OK(add_micro(index, step, answered));
    transaction.end = static_cast<MicroId>(result_.micros.size());
    result_.succeeded += status == Status::ok ? 1 : 0;
    result_.all.push_back(transaction);
    return {};
  }

  Result<void> add_micro(std::size_t index, const Value& step, bool answered) {
    if (!step.is_list() || step.list().size() != 3 || !step.list()[0].is_text())
      return wrong(index, fmt::format("{} is no micro-operation", to_text(step)));
    const Value::Elements parts = step.list();
    const std::string_view name = parts[0].text();
    Micro micro{.key = key_id(parts[1])};
    if (name == write_name_) {
      micro.write = true;
      micro.value = &parts[2];
      if (parts[2].is_nil()) return wrong(index, "nil stands for what nobody wrote yet");
    } else if (name != "r") {
      return wrong(index, fmt::format("it has '{}' where 'r' or '{}' belongs", name, write_name_));
    } else if (answered) {
      micro.value = &parts[2];
      if (lists_ && !parts[2].is_nil() && !parts[2].is_list())
        return wrong(index, fmt::format("it read {}, which is no list", to_text(parts[2])));
    }
    result_.micros.push_back(micro);
    result_.owner.push_back(static_cast<TransactionId>(result_.all.size()));
    return {};
  }

  KeyId key_id(const Value& key) {
    const auto [place, is_new] = ids_.try_emplace(key, static_cast<KeyId>(ids_.size()));
    if (is_new) result_.keys.push_back(key);
    return place->second;
  }

  [[nodiscard]] std::unexpected<base::Error> wrong(std::size_t index,
                                                   const std::string& why) const {
    const Operation& operation = history_.operations[index];
    return base::usage_error(
        fmt::format("{}", why),
        fmt::format("operation {} (process {})", index, operation.process.value),
        fmt::format("expected transactions of [\"r\" key value] and [\"{}\" key value]",
                    write_name_));
  }

  const History& history_;
  Allowance& allowance_;
  const model::EventIndex until_;
  std::string_view write_name_;
  bool lists_;
  Transactions result_;
  boost::unordered_flat_map<Value, KeyId, std::hash<Value>> ids_;
};

std::string plain(const Value& value) {
  return value.is_text() ? std::string(value.text()) : to_text(value);
}

}  // namespace

Result<Transactions> parse(const History& history, Flavour flavour, Allowance& allowance,
                           model::EventIndex until) {
  return Parser(history, flavour, allowance, until).run();
}

std::string to_text(const Transactions& transactions, TransactionId id) {
  const Operation& operation = transactions.operation_of(id);
  const bool answered = operation.status == Status::ok && !operation.result.is_nil();
  std::string text;
  for (const Value& step : (answered ? operation.result : operation.argument).list()) {
    const Value::Elements parts = step.list();
    const bool unknown = !answered && parts[0].text() == "r";
    text += fmt::format("{}[{} {} {}]", text.empty() ? "" : " ", parts[0].text(), plain(parts[1]),
                        unknown ? "?" : to_text(parts[2]));
  }
  return text;
}

}  // namespace eris::checkers::transactions
