#include "harness/formats/function_names.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace eris::formats {

namespace function = model::function;
using model::Value;

namespace {

// Where several rows have the same function, the first is the one that Eris writes.
constexpr std::array rows{
    FunctionName{"read", function::read, Answer::result, Request::none},
    FunctionName{"get", function::read, Answer::result, Request::none},
    FunctionName{"write", function::write},
    FunctionName{"put", function::write},
    FunctionName{"cas", function::cas, Answer::echo, Request::compared},
    FunctionName{"compare-and-set", function::cas, Answer::echo, Request::compared},
    FunctionName{"append", function::append},
    FunctionName{"delete", function::remove, Answer::echo, Request::none},
    FunctionName{"increment", function::increment, Answer::echo, Request::step},
    FunctionName{"inc", function::increment, Answer::echo, Request::step},
    FunctionName{"incr", function::increment, Answer::echo, Request::step},
    FunctionName{"decrement", function::increment, Answer::echo, Request::step_down},
    FunctionName{"dec", function::increment, Answer::echo, Request::step_down},
    FunctionName{"decr", function::increment, Answer::echo, Request::step_down},
    FunctionName{"fetch-add", function::fetch_add, Answer::result, Request::step},
    FunctionName{"fetch-and-add", function::fetch_add, Answer::result, Request::step},
    FunctionName{"enqueue", function::enqueue},
    FunctionName{"dequeue", function::dequeue, Answer::result, Request::none},
    FunctionName{"push", function::push},
    FunctionName{"pop", function::pop, Answer::result, Request::none},
    FunctionName{"insert", function::insert},
    FunctionName{"extract", function::extract, Answer::result, Request::none},
    FunctionName{"extract-min", function::extract, Answer::result, Request::none},
    FunctionName{"delete-min", function::extract, Answer::result, Request::none},
    FunctionName{"drain", function::drain, Answer::result, Request::none},
    FunctionName{"add", function::add},
    FunctionName{"discard", function::discard},
    FunctionName{"remove", function::discard},
    FunctionName{"contains", function::contains, Answer::result},
    FunctionName{"acquire", function::acquire, Answer::result, Request::none},
    FunctionName{"lock", function::acquire, Answer::result, Request::none},
    FunctionName{"release", function::release},
    FunctionName{"unlock", function::release},
    FunctionName{"txn", function::transaction, Answer::result},
    FunctionName{"transaction", function::transaction, Answer::result},
    FunctionName{"transfer", function::transfer, Answer::echo, Request::transfer},
    FunctionName{"generate", function::generate, Answer::result, Request::none},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> micro_operations{{
    {"r", "r"},
    {"w", "w"},
    {"append", "append"},
    {"send", "send"},
    {"poll", "poll"},
    {"read", "r"},
    {"get", "r"},
    {"write", "w"},
    {"put", "w"},
}};

struct Renamed {
  std::string_view object;
  model::Function from, to;
};

constexpr std::array renamed{
    Renamed{"counter", function::add, function::increment},
    Renamed{"fetch-and-add", function::add, function::fetch_add},
    Renamed{"fetch-and-add", function::increment, function::fetch_add},
};

}  // namespace

const FunctionName* find_function(std::string_view foreign) {
  const auto* row = std::ranges::find(rows, foreign, &FunctionName::foreign);
  return row == rows.end() ? nullptr : row;
}

const FunctionName* find_function(const model::Function& ours) {
  const auto* row = std::ranges::find(rows, ours, &FunctionName::ours);
  return row == rows.end() ? nullptr : row;
}

std::string_view micro_operation(std::string_view foreign) {
  for (const auto& [name, ours] : micro_operations)
    if (name == foreign) return ours;
  return {};
}

bool is_transaction(const Value& value) {
  if (!value.is_list() || value.list().empty()) return false;
  return std::ranges::all_of(value.list(), [](const Value& part) {
    return part.is_list() && !part.list().empty() && part.list()[0].is_text() &&
           !micro_operation(part.list()[0].text()).empty();
  });
}

namespace {

/// The values of these names in a map as the readers give it: [["amount" 5] ["from" 1]].
std::optional<Value::List> members(const Value& map,
                                   std::initializer_list<std::string_view> names) {
  if (!map.is_list() || map.list().size() != names.size()) return std::nullopt;
  Value::List found;
  for (const std::string_view name : names)
    for (const Value& pair : map.list())
      if (pair.is_list() && pair.list().size() == 2 && pair.list()[0].is_text() &&
          pair.list()[0].text() == name)
        found.push_back(pair.list()[1]);
  return found.size() == names.size() ? std::optional(std::move(found)) : std::nullopt;
}

std::optional<Value> step(const Value& value, bool down) {
  if (value.is_nil()) return Value(down ? -1 : 1);
  if (!down || !value.is_integer()) return value;
  std::int64_t negated = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, value.integer(), &negated)) return std::nullopt;
  return Value(negated);
}

}  // namespace

std::optional<Value> argument_of(Request request, const Value& value) {
  switch (request) {
    case Request::plain:
      return value;
    case Request::none:
      return Value();
    case Request::step:
    case Request::step_down:
      return step(value, request == Request::step_down);
    case Request::compared:
      if (auto pair = members(value, {"from", "to"})) return Value(std::move(*pair));
      if (auto pair = members(value, {"old", "new"})) return Value(std::move(*pair));
      return value.is_list() && value.list().size() == 2 ? std::optional(value) : std::nullopt;
    case Request::transfer:
      if (auto three = members(value, {"from", "to", "amount"})) return Value(std::move(*three));
      return value.is_list() && value.list().size() == 3 ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

std::string_view expected_of(Request request) {
  if (request == Request::compared) return "[old new]";
  if (request == Request::transfer) return "[from to amount], or a map of these";
  return "an integer of 64 bits";
}

Value with_short_names(const Value& transaction) {
  if (!transaction.is_list()) return transaction;
  const auto is_short = [](const Value& part) {
    if (!part.is_list() || part.list().empty() || !part.list()[0].is_text()) return true;
    const std::string_view name = part.list()[0].text();
    const std::string_view micro = micro_operation(name);
    return micro.empty() || micro == name;
  };
  if (std::ranges::all_of(transaction.list(), is_short)) return transaction;
  Value::List parts = copy_of(transaction.list());
  for (Value& part : parts) {
    if (is_short(part)) continue;
    Value::List items = copy_of(part.list());
    items[0] = Value(micro_operation(items[0].text()));
    part = Value(std::move(items));
  }
  return Value(std::move(parts));
}

model::Function function_on(std::string_view object, const model::Function& function) {
  for (const Renamed& row : renamed)
    if (row.object == object && row.from == function) return row.to;
  return function;
}

}  // namespace eris::formats
