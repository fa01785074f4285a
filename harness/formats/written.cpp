#include "harness/formats/written.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::formats {

namespace function = model::function;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

struct Placed {
  model::EventIndex index;
  Moment moment;
};

std::vector<Placed> placed_moments(const History& history) {
  std::vector<Placed> all;
  all.reserve(history.operations.size() * 2);
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    all.push_back({operation.invoked, {i, Type::invoke}});
    if (operation.status == Status::info) continue;
    const Type type = operation.status == Status::ok ? Type::ok : Type::fail;
    all.push_back({operation.completed, {i, type}});
  }
  std::ranges::sort(all, {}, &Placed::index);
  return all;
}

/// Whether reading the value as a request gives another argument, or another function.
bool needs_argument(const Operation& operation, const FunctionName* row) {
  const Value& argument = operation.argument;
  if (operation.function == function::transaction) return with_short_names(argument) != argument;
  if (is_transaction(argument)) return true;
  if (operation.function == function::discard && argument.is_nil()) return true;
  return row != nullptr && argument_of(row->request, argument) != argument;
}

void add_answer(const Operation& operation, const FunctionName* row, Members& members) {
  if (operation.status == Status::ok) {
    const bool value_is_result = row != nullptr && row->answer == Answer::result;
    if (value_is_result)
      members.value = &operation.result;
    else if (!operation.result.is_nil())
      members.result = &operation.result;
    return;
  }
  if (operation.status == Status::info) {
    if (!operation.result.is_nil()) members.result = &operation.result;
    return;
  }
  const bool is_refused_cas = operation.function == function::cas && operation.error == 0;
  if (!operation.result.is_nil() || is_refused_cas) members.observed = &operation.result;
}

}  // namespace

void for_each_moment(const History& history, const std::function<void(const Moment&)>& take) {
  const auto gave_up = [&](std::uint32_t i) {
    return std::tuple(history.operations[i].completed_at, i);
  };
  const auto later = [&](std::uint32_t a, std::uint32_t b) { return gave_up(a) > gave_up(b); };
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(later)> unknown(later);
  const auto take_unknown = [&] {
    take({unknown.top(), Type::info});
    unknown.pop();
  };
  for (const Placed& placed : placed_moments(history)) {
    const Operation& operation = history.operations[placed.moment.operation];
    const bool is_invocation = placed.moment.type == Type::invoke;
    const base::Instant now = is_invocation ? operation.invoked_at : operation.completed_at;
    while (!unknown.empty() && history.operations[unknown.top()].completed_at < now) take_unknown();
    take(placed.moment);
    if (is_invocation && operation.status == Status::info) unknown.push(placed.moment.operation);
  }
  while (!unknown.empty()) take_unknown();
}

Members members_of(const History& history, const Moment& moment) {
  const Operation& operation = history.operations[moment.operation];
  const FunctionName* row = find_function(operation.function);
  Members members{.function = row == nullptr ? operation.function.view() : row->foreign,
                  .value = &operation.argument};
  if (moment.type == Type::invoke) {
    if (needs_argument(operation, row)) members.argument = &operation.argument;
    return members;
  }
  add_answer(operation, row, members);
  if (operation.error != 0) members.error = &history.error_of(operation);
  return members;
}

bool is_keyed(const History& history) {
  return std::ranges::any_of(history.keys, [](const Value& key) { return !key.is_nil(); });
}

base::Result<void> write(const History& history, Format format, const Sink& sink) {
  switch (format) {
    case Format::edn:
      write_edn(history, sink);
      return {};
    case Format::json:
      write_json(history, sink);
      return {};
    case Format::jsonl:
      write_jsonl(history, sink);
      return {};
    default:
      return base::usage_error(fmt::format("Eris does not write '{}'", to_text(format)), {},
                               "one of: edn, json, jsonl");
  }
}

}  // namespace eris::formats
