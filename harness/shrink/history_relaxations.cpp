#include "harness/shrink/history_relaxations.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace eris::shrink {

namespace {

namespace function = model::function;
using model::Operation;
using model::Status;

/// It certainly changed nothing: an observation, whatever it saw.
bool is_pure(const Operation& operation) {
  return operation.function == function::read || operation.status == Status::fail;
}

bool mentions(const model::Value& whole, const model::Value& part) {
  if (whole == part) return true;
  return whole.is_list() && std::ranges::any_of(whole.list(), [&](const model::Value& item) {
           return mentions(item, part);
         });
}

/// Someone saw, expected or also wrote the value, or something depends on what is not there.
bool is_looked_at(const model::History& history, const Operation& write) {
  return std::ranges::any_of(history.operations, [&](const Operation& other) {
    if (&other == &write || other.key != write.key) return false;
    const bool only_writes = other.function == function::read ||
                             other.function == function::write || other.function == function::cas;
    const bool refused = other.function == function::cas && other.status == Status::fail;
    return !only_writes || refused || mentions(other.argument, write.argument) ||
           mentions(other.result, write.argument);
  });
}

enum class Fate { stays, loses_its_answer, goes };

Fate fate_of(const model::History& history, const Operation& operation) {
  if (is_pure(operation)) return Fate::goes;
  if (operation.status == Status::ok) return Fate::loses_its_answer;
  if (operation.function == function::write && !is_looked_at(history, operation)) return Fate::goes;
  return Fate::stays;
}

model::History without_operations(const model::History& history) {
  model::History rest;
  rest.header = history.header;
  rest.keys = history.keys;
  rest.errors = history.errors;
  rest.faults = history.faults;
  rest.nodes = history.nodes;
  rest.notes = history.notes;
  rest.events = history.events;
  rest.end = history.end;
  rest.finished = history.finished;
  return rest;
}

bool puts_in(const Operation& operation) {
  return operation.function == function::add || operation.function == function::enqueue ||
         operation.function == function::push || operation.function == function::insert;
}

/// Its one element, or nil: of operations that are about none, or about many.
const model::Value& element_of(const Operation& operation) {
  static const model::Value none;
  if (puts_in(operation) || operation.function == function::discard ||
      operation.function == function::contains)
    return operation.argument;
  if (operation.function == function::dequeue || operation.function == function::pop ||
      operation.function == function::extract)
    return operation.result;
  return none;
}

}  // namespace

model::History only_key(const model::History& history, std::uint32_t key) {
  model::History rest = without_operations(history);
  std::ranges::copy_if(history.operations, std::back_inserter(rest.operations),
                       [key](const Operation& operation) { return operation.key == key; });
  return rest;
}

Relaxed relax(const model::History& history, std::size_t begin, std::size_t end) {
  Relaxed relaxed{.history = without_operations(history)};
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    Operation operation = history.operations[i];
    const Fate fate = i < begin || i >= end ? Fate::stays : fate_of(history, history.operations[i]);
    relaxed.relaxed += fate == Fate::stays ? 0 : 1;
    if (fate == Fate::goes) continue;
    if (fate == Fate::loses_its_answer) {
      operation.status = Status::info;
      operation.completed = model::never;
      operation.result = {};
    }
    relaxed.history.operations.push_back(std::move(operation));
  }
  return relaxed;
}

std::vector<model::Value> elements_of(const model::History& history) {
  std::vector<model::Value> elements;
  std::unordered_set<model::Value> seen;
  for (const Operation& operation : history.operations)
    if (puts_in(operation) && seen.insert(operation.argument).second)
      elements.push_back(operation.argument);
  return elements;
}

model::History without_elements(const model::History& history,
                                const std::vector<model::Value>& elements) {
  const std::unordered_set<model::Value> gone(elements.begin(), elements.end());
  model::History rest = without_operations(history);
  for (Operation operation : history.operations) {
    const model::Value& element = element_of(operation);
    if (!element.is_nil() && gone.contains(element)) continue;
    if (element.is_nil() && operation.result.is_list()) {
      model::Value::List shown;
      for (const model::Value& each : operation.result.list())
        if (!gone.contains(each)) shown.push_back(each);
      operation.result = model::Value(std::move(shown));
    }
    rest.operations.push_back(std::move(operation));
  }
  return rest;
}

}  // namespace eris::shrink
