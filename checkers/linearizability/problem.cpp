#include "checkers/linearizability/problem.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// Gives equal values equal ids. Small integers, which is what workloads write, go through an
/// array instead of a hash table: that is most of the cost of preparing a long history.
class ValueTable {
 public:
  explicit ValueTable(std::size_t operations) : small_(operations * 2 + 64, no_value) {}

  ValueId id(const Value& value, std::vector<Value>& values) {
    if (value.is_integer()) {
      const auto index = static_cast<std::uint64_t>(value.integer());
      if (index < small_.size()) return remember(small_[index], value, values);
    }
    return remember(others_.try_emplace(value, no_value).first->second, value, values);
  }

 private:
  static ValueId remember(ValueId& id, const Value& value, std::vector<Value>& values) {
    if (id != no_value) return id;
    id = static_cast<ValueId>(values.size());
    values.push_back(value);
    return id;
  }

  std::vector<ValueId> small_;
  boost::unordered_flat_map<Value, ValueId, std::hash<Value>> others_;
};

/// True when the operation certainly did nothing and tells nothing about the object.
bool says_nothing(const Operation& operation) {
  return operation.status == Status::fail && operation.error != 0 && operation.result.is_nil();
}

std::unexpected<base::Error> not_understood(const History& history, const Operation& operation,
                                            const SequentialObject& object) {
  return base::usage_error(
      fmt::format("process {}'s {} of {} (event {}) is not an operation of the object '{}'",
                  operation.process.value, operation.function.view(), to_text(operation.argument),
                  operation.invoked, object.name()),
      fmt::format("key {}", to_text(history.key_of(operation))),
      "choose the object that the workload uses");
}

}  // namespace

KeyIndex::KeyIndex(const History& history)
    : begin_(history.keys.size() + 1, 0), operations_(history.operations.size()) {
  for (const Operation& operation : history.operations) ++begin_[operation.key + 1];
  for (std::size_t key = 1; key < begin_.size(); ++key) begin_[key] += begin_[key - 1];
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (std::uint32_t i = 0; i < history.operations.size(); ++i)
    operations_[next[history.operations[i].key]++] = i;
}

Call call_of(const Operation& operation) {
  Answer answer = Answer::known;
  if (operation.status == Status::info) answer = Answer::unknown;
  if (operation.status == Status::fail) answer = Answer::refused;
  return {operation.function, operation.argument, operation.result, answer};
}

base::Result<Problem> prepare(const History& history, std::span<const std::uint32_t> operations,
                              const SequentialObject& object) {
  Problem problem{.object = &object};
  problem.entries.reserve(operations.size());
  ValueTable table(operations.size());
  table.id(object.initial(), problem.values);
  for (const std::uint32_t index : operations) {
    const Operation& operation = history.operations[index];
    if (says_nothing(operation)) continue;
    Call call = call_of(operation);
    const Shape shape = object.shape(call);
    if (shape.kind == ShapeKind::nothing) continue;
    if (shape.kind == ShapeKind::malformed) return not_understood(history, operation, object);
    Entry entry{.invoked = operation.invoked,
                .completed = operation.status == Status::info ? model::never : operation.completed,
                .operation = index,
                .kind = shape.kind};
    if (entry.optional() && entry.pure()) continue;
    if (shape.kind == ShapeKind::effect || shape.kind == ShapeKind::observe) {
      entry.call = static_cast<std::uint32_t>(problem.calls.size());
      problem.calls.push_back(std::move(call));
    } else if (shape.kind != ShapeKind::impossible) {
      entry.first = table.id(shape.first, problem.values);
      if (shape.kind == ShapeKind::swap) entry.second = table.id(shape.second, problem.values);
    }
    problem.entries.push_back(entry);
  }
  return problem;
}

}  // namespace eris::checkers::linearizability
