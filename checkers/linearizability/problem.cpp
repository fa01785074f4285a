#include "checkers/linearizability/problem.hpp"

#include <fmt/format.h>

#include "checkers/linearizability/prefetch.hpp"
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

/// Of a thousand keys each has an operation here and there: without this, waiting for memory is
/// most of the time that a long history takes.
constexpr std::size_t prefetch_distance = 12;

Call call_by(const Operation& operation, const SequentialObject& object) {
  Call call = call_of(operation);
  if (object.minds_caller()) call.caller = operation.process;
  return call;
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
  // Going through the operations themselves is most of it, so that is done once.
  std::vector<std::uint32_t> key_of;
  key_of.reserve(history.operations.size());
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    prefetch(history.operations, i + stream_distance);
    key_of.push_back(history.operations[i].key);
    ++begin_[key_of.back() + 1];
  }
  for (std::size_t key = 1; key < begin_.size(); ++key) begin_[key] += begin_[key - 1];
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (std::uint32_t i = 0; i < key_of.size(); ++i) operations_[next[key_of[i]]++] = i;
}

Call call_of(const Operation& operation) {
  Answer answer = Answer::known;
  if (operation.status == Status::info) answer = Answer::unknown;
  if (operation.status == Status::fail) answer = Answer::refused;
  return {operation.function, operation.argument, operation.result, answer};
}

Seen see(const Operation& operation, const SequentialObject& object) {
  // Both are made where they stay: this is done for every operation of a history, and moving values
  // about was a quarter of the whole check.
  Seen seen{.call = call_by(operation, object),
            .shape = says_nothing(operation) ? Shape{ShapeKind::nothing} : object.shape(seen.call)};
  const bool optional = operation.status == Status::info || operation.completed == model::never;
  if (optional && is_pure(seen.shape.kind)) seen.shape.kind = ShapeKind::nothing;
  return seen;
}

bool is_plain(ShapeKind kind) {
  return kind != ShapeKind::effect && kind != ShapeKind::observe && kind != ShapeKind::malformed;
}

Entry entry_of(const Operation& operation, std::uint32_t index, const Shape& shape,
               ValueTable& table, std::vector<Value>& values) {
  Entry entry{.invoked = operation.invoked,
              .completed = operation.status == Status::info ? model::never : operation.completed,
              .operation = index,
              .kind = shape.kind};
  const bool has_values = is_plain(shape.kind) && shape.kind != ShapeKind::impossible &&
                          shape.kind != ShapeKind::nothing;
  if (!has_values) return entry;
  entry.first = table.id(shape.first, values);
  if (shape.kind == ShapeKind::swap) entry.second = table.id(shape.second, values);
  return entry;
}

base::Result<Problem> prepare(const History& history, std::span<const std::uint32_t> operations,
                              const SequentialObject& object) {
  Problem problem{.object = &object};
  problem.entries.reserve(operations.size());
  ValueTable table(operations.size());
  table.id(object.initial(), problem.values);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (i + prefetch_distance < operations.size())
      prefetch(history.operations, operations[i + prefetch_distance]);
    const Operation& operation = history.operations[operations[i]];
    Seen seen = see(operation, object);
    if (seen.shape.kind == ShapeKind::nothing) continue;
    if (seen.shape.kind == ShapeKind::malformed) return not_understood(history, operation, object);
    Entry& entry = problem.entries.emplace_back(
        entry_of(operation, operations[i], seen.shape, table, problem.values));
    if (is_plain(entry.kind)) continue;
    entry.second = static_cast<std::uint32_t>(problem.calls.size());
    problem.calls.push_back(std::move(seen.call));
  }
  return problem;
}

}  // namespace eris::checkers::linearizability
