#include "checkers/linearizability/drains.hpp"

#include <algorithm>
#include <utility>

namespace eris::checkers::linearizability {

using model::EventIndex;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

bool drains(const Operation& operation) {
  return operation.function == function::drain;
}

bool is_answer(const Value& result) {
  const auto nil = [](const Value& element) { return element.is_nil(); };
  return result.is_nil() || (result.is_list() && std::ranges::none_of(result.list(), nil));
}

/// The elements that somebody was told of.
std::size_t known_to_be_taken(const Operation& operation) {
  if (drains(operation)) return operation.result.is_list() ? operation.result.list().size() : 0;
  const bool took = operation.function == function::dequeue && operation.status == Status::ok;
  return took && !operation.result.is_nil() ? 1 : 0;
}

class Expansion {
 public:
  explicit Expansion(const History& history) : history_(history), left_(history.keys.size(), 0) {
    for (const Operation& operation : history.operations) {
      const bool puts = operation.function == function::enqueue;
      if (puts && operation.status != Status::fail) ++left_[operation.key];
    }
    for (const Operation& operation : history.operations)
      left_[operation.key] -= std::min(left_[operation.key], known_to_be_taken(operation));
  }

  Expanded run() {
    Expanded made;
    made.history.header = history_.header;
    made.history.keys = history_.keys;
    made.history.errors = history_.errors;
    made.history.end = history_.end;
    for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
      if (drains(history_.operations[i]))
        expand(i, made);
      else
        add(i, history_.operations[i], made);
    }
    number_anew(made.history);
    return made;
  }

 private:
  static void add(std::uint32_t i, Operation operation, Expanded& made) {
    made.history.operations.push_back(std::move(operation));
    made.original.push_back(i);
  }

  void expand(std::uint32_t i, Expanded& made) {
    const Operation& drain = history_.operations[i];
    if (drain.status == Status::fail) return;
    if (!is_answer(drain.result)) return add(i, drain, made);  // not one that a queue gives
    Operation dequeue = drain;
    dequeue.function = function::dequeue;
    if (drain.result.is_list()) {
      // What a client was told of it was told of, though nobody knows when it gave up.
      dequeue.status = Status::ok;
      if (drain.status == Status::info) dequeue.completed = history_.events;
      for (const Value& element : drain.result.list()) {
        dequeue.result = element;
        add(i, dequeue, made);
      }
    }
    if (drain.status == Status::ok) return;
    // The first such drain may have taken all that is left; another then need not have.
    dequeue.status = Status::info;
    dequeue.completed = model::never;
    dequeue.result = {};
    for (std::size_t& left = left_[drain.key]; left > 0; --left) add(i, dequeue, made);
  }

  /// Events keep their order, and those that were one become several.
  static void number_anew(History& history) {
    struct Event {
      EventIndex index = 0;
      std::uint32_t operation = 0;
      bool ends = false;
    };
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
      const Operation& operation = history.operations[i];
      events.push_back({operation.invoked, i, false});
      if (operation.completed != model::never) events.push_back({operation.completed, i, true});
    }
    std::ranges::stable_sort(events, {}, &Event::index);
    history.events = 0;
    for (const Event& event : events) {
      Operation& operation = history.operations[event.operation];
      (event.ends ? operation.completed : operation.invoked) = history.events++;
    }
  }

  const History& history_;
  std::vector<std::size_t>
      left_;  ///< by key: enqueues whose elements nobody is known to have taken
};

}  // namespace

bool has_drains(const History& history) {
  return std::ranges::any_of(history.operations, drains);
}

std::optional<Expanded> expand_drains(const History& history) {
  if (!has_drains(history)) return std::nullopt;
  return Expansion(history).run();
}

}  // namespace eris::checkers::linearizability
