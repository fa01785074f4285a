#include "checkers/linearizability/problem.hpp"

#include <fmt/format.h>

#include "checkers/linearizability/value_table.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// True when the operation certainly did nothing and tells nothing about the object.
bool says_nothing(const Operation& operation) {
  return operation.status == Status::fail && operation.error != 0 && operation.result.is_nil();
}

/// Of a thousand keys each has an operation here and there: without this, waiting for memory is most
/// of the time that a long history takes.
constexpr std::size_t prefetch_distance = 12;
void prefetch(const Operation& operation) {
  const auto* bytes = reinterpret_cast<const char*>(&operation);
  __builtin_prefetch(bytes);
  __builtin_prefetch(bytes + 64);
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
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (i + prefetch_distance < operations.size())
      prefetch(history.operations[operations[i + prefetch_distance]]);
    const std::uint32_t index = operations[i];
    const Operation& operation = history.operations[index];
    if (says_nothing(operation)) continue;
    Call call = call_of(operation);
    if (object.minds_caller()) call.caller = operation.process;
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
