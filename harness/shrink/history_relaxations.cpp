#include "harness/shrink/history_relaxations.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace eris::shrink {

namespace {

namespace function = model::function;
using model::Operation;
using model::Status;

/// It certainly changed nothing: an observation, whatever it saw.
bool is_pure(const Operation& operation) {
  return operation.function == function::read || operation.status == Status::fail;
}

/// What a compare-and-set expects and what it puts in its place.
struct Exchange {
  const model::Value& expected;
  const model::Value& value;
};

std::optional<Exchange> exchange_of(const Operation& cas) {
  if (!cas.argument.is_list() || cas.argument.list().size() != 2) return std::nullopt;
  return Exchange{cas.argument.list()[0], cas.argument.list()[1]};
}

/// The values of one key that an answer depends on: those that somebody saw or expected, and those
/// that unanswered compare-and-sets must have replaced for such a value to come about.
class NeededValues {
 public:
  void add(const Operation& operation) {
    if (operation.function == function::read) {
      if (operation.status == Status::ok) need(operation.result);
    } else if (operation.function == function::cas && operation.status != Status::fail) {
      add_cas(operation);
    } else if (operation.function != function::write) {
      // A refused comparison depends on what is not there; of others nothing is known.
      needs_all_ = true;
    }
  }

  bool contain(const model::Value& value) const { return needs_all_ || needed_.contains(value); }

 private:
  void add_cas(const Operation& cas) {
    const auto exchange = exchange_of(cas);
    if (!exchange) {
      needs_all_ = true;
    } else if (cas.status == Status::ok || needed_.contains(exchange->value)) {
      need(exchange->expected);
    } else {
      replaced_by_[exchange->value].push_back(exchange->expected);
    }
  }

  void need(const model::Value& value) {
    std::vector<model::Value> left{value};
    while (!left.empty()) {
      const model::Value next = std::move(left.back());
      left.pop_back();
      if (!needed_.insert(next).second) continue;
      if (const auto before = replaced_by_.find(next); before != replaced_by_.end())
        std::ranges::copy(before->second, std::back_inserter(left));
    }
  }

  std::unordered_set<model::Value> needed_;
  std::unordered_map<model::Value, std::vector<model::Value>> replaced_by_;
  bool needs_all_ = false;
};

using Needs = std::unordered_map<std::uint32_t, NeededValues>;

Needs needs_of(const model::History& history) {
  Needs needs;
  for (const Operation& operation : history.operations) needs[operation.key].add(operation);
  return needs;
}

enum class Fate { stays, loses_its_answer, goes };

Fate fate_of(const Needs& needs, const Operation& operation) {
  if (is_pure(operation)) return Fate::goes;
  if (operation.status == Status::ok) return Fate::loses_its_answer;
  const NeededValues& needed = needs.at(operation.key);
  if (operation.function == function::write && !needed.contain(operation.argument))
    return Fate::goes;
  if (operation.function != function::cas) return Fate::stays;
  const auto exchange = exchange_of(operation);
  return exchange && !needed.contain(exchange->value) ? Fate::goes : Fate::stays;
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
  const Needs needs = needs_of(history);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    Operation operation = history.operations[i];
    const Fate fate = i < begin || i >= end ? Fate::stays : fate_of(needs, operation);
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
