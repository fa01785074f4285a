#include "harness/model/history.hpp"

#include <limits>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/model/value_pool.hpp"

namespace eris::model {

namespace {

/// Gives equal things the same small number, so that an operation holds four bytes instead of a
/// key or a message.
template <typename T>
class Interner {
 public:
  std::uint32_t index_of(const T& item, std::vector<T>& items) {
    const auto [at, is_new] = indices_.try_emplace(item, static_cast<std::uint32_t>(items.size()));
    if (is_new) {
      ERIS_ASSERT(items.size() < std::numeric_limits<std::uint32_t>::max(),
                  "a history has fewer than 2^32 keys and errors");
      items.push_back(item);
    }
    return at->second;
  }

 private:
  boost::unordered_flat_map<T, std::uint32_t, std::hash<T>> indices_;
};

struct Unanswered {
  std::size_t operation = 0;  ///< index into History::operations
  bool retired = false;       ///< the client gave up waiting; its process is never used again
};

std::string request_to_text(Function function, const Value& key, const Value& argument) {
  std::string text(function.view());
  if (!key.is_nil()) text += fmt::format(" {}", to_text(key));
  if (!argument.is_nil()) text += fmt::format(" {}", to_text(argument));
  return text;
}

}  // namespace

struct HistoryBuilder::State {
  History history;
  Interner<Value> keys;
  Interner<std::string> errors;
  ValuePool values;
  /// The last operation of each process that is busy, or retired by an unknown outcome.
  boost::unordered_flat_map<std::uint64_t, Unanswered> open;
  bool empty = true;

  base::Result<void> take_place(const Event& event);
  base::Result<void> invoke(const Event& event, Invoked invoked);
  base::Result<void> complete(const Event& event, Completed completed);
  base::Result<void> check_answers(const Operation& operation, const Op& op) const;
};

base::Result<void> HistoryBuilder::State::take_place(const Event& event) {
  if (!empty && event.index < history.events)
    return base::usage_error(fmt::format("index {} does not ascend: {} came before it", event.index,
                                         history.events - 1));
  if (event.index == never)
    return base::usage_error(fmt::format("index {} is too large", event.index));
  empty = false;
  history.events = event.index + 1;
  history.end = std::max(history.end, event.time);
  return {};
}

base::Result<void> HistoryBuilder::State::invoke(const Event& event, Invoked invoked) {
  Op& op = invoked.op;
  const auto [at, is_idle] =
      open.try_emplace(op.process.value, Unanswered{history.operations.size()});
  if (!is_idle) {
    const Operation& last = history.operations[at->second.operation];
    return base::usage_error(fmt::format(
        "process {} invokes '{}' although {} its '{}' of index {}", op.process.value,
        op.function.view(), at->second.retired ? "nobody knows what came of" : "it still awaits",
        last.function.view(), last.invoked));
  }
  history.operations.push_back({.process = op.process,
                                .function = op.function,
                                .key = keys.index_of(op.key, history.keys),
                                .argument = values.shared(std::move(op.argument)),
                                .invoked = event.index,
                                .invoked_at = event.time});
  return {};
}

/// A completion repeats its request; one that differs belongs to something else.
base::Result<void> HistoryBuilder::State::check_answers(const Operation& operation,
                                                        const Op& op) const {
  if (operation.function == op.function && history.keys[operation.key] == op.key &&
      operation.argument == op.argument)
    return {};
  return base::usage_error(fmt::format(
      "process {} completes '{}' but had invoked '{}'", op.process.value,
      request_to_text(op.function, op.key, op.argument),
      request_to_text(operation.function, history.keys[operation.key], operation.argument)));
}

base::Result<void> HistoryBuilder::State::complete(const Event& event, Completed completed) {
  const auto at = open.find(completed.op.process.value);
  if (at == open.end() || at->second.retired)
    return base::usage_error(fmt::format("process {} completes '{}', which it does not await",
                                         completed.op.process.value, completed.op.function.view()));
  Operation& operation = history.operations[at->second.operation];
  ERIS_CHECK_OK(check_answers(operation, completed.op));
  Outcome& outcome = completed.outcome;
  if (outcome.status == Status::info)
    at->second.retired = true;
  else
    open.erase(at);
  operation.status = outcome.status;
  operation.completed = outcome.status == Status::info ? never : event.index;
  operation.completed_at = event.time;
  operation.result = values.shared(std::move(outcome.result));
  if (!outcome.error.empty()) operation.error = errors.index_of(outcome.error, history.errors);
  return {};
}

HistoryBuilder::HistoryBuilder() : state_(std::make_unique<State>()) {}
HistoryBuilder::~HistoryBuilder() = default;

base::Result<void> HistoryBuilder::add(Event event) {
  ERIS_CHECK_OK(state_->take_place(event));
  if (auto* invoked = std::get_if<Invoked>(&event.what))
    return state_->invoke(event, std::move(*invoked));
  if (auto* completed = std::get_if<Completed>(&event.what))
    return state_->complete(event, std::move(*completed));
  History& history = state_->history;
  if (auto* fault = std::get_if<FaultEvent>(&event.what)) {
    history.faults.push_back({event.index, event.time, std::move(*fault)});
  } else if (auto* node = std::get_if<NodeEvent>(&event.what)) {
    history.nodes.push_back({event.index, event.time, std::move(*node)});
  } else {
    auto& note = std::get<Note>(event.what);
    history.finished = history.finished || note.text == "end";
    history.notes.push_back({event.index, event.time, std::move(note)});
  }
  return {};
}

void HistoryBuilder::reserve(std::size_t operations) {
  state_->history.operations.reserve(operations);
}

void HistoryBuilder::set_header(Header header) {
  state_->history.header = std::move(header);
}

void HistoryBuilder::remark(std::string text) {
  state_->history.remarks.push_back(std::move(text));
}

History HistoryBuilder::finish() {
  for (const auto& [process, last] : state_->open)
    if (!last.retired)
      state_->history.operations[last.operation].completed_at = state_->history.end;
  History history = std::move(state_->history);
  state_ = std::make_unique<State>();
  return history;
}

std::string to_text(const History& history, const Operation& operation) {
  std::string text = fmt::format(
      "process {} {}", operation.process.value,
      request_to_text(operation.function, history.key_of(operation), operation.argument));
  // A read that found nothing has an answer too; the nil of a write is none.
  const bool read_nothing = operation.function == function::read && operation.status == Status::ok;
  if (read_nothing || !operation.result.is_nil())
    text += fmt::format(" → {}", to_text(operation.result));
  text += fmt::format(" [{}", to_text(operation.status));
  if (operation.error != 0) text += fmt::format(": {}", history.error_of(operation));
  return text + "]";
}

}  // namespace eris::model
