#include "checkers/objects/set.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checkers/objects/register.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

namespace {

/// Reads of large sets are mostly of numbers, and those are much quicker to sort than values.
Value sorted_numbers(const Value& elements) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(elements.list().size());
  for (const Value& element : elements.list()) numbers.push_back(element.integer());
  if (std::ranges::is_sorted(numbers)) return elements;
  std::ranges::sort(numbers);
  return Value(Value::List(numbers.begin(), numbers.end()));
}

Value sorted(const Value& elements) {
  if (!elements.is_list()) return Value(Value::List{});
  if (std::ranges::all_of(elements.list(), &Value::is_integer)) return sorted_numbers(elements);
  if (std::ranges::is_sorted(elements.list())) return elements;
  Value::List list = copy_of(elements.list());
  std::ranges::sort(list);
  return Value(std::move(list));
}

Value with(Value::Elements elements, const Value& element) {
  Value::List more;
  more.reserve(elements.size() + 1);
  more.assign(elements.begin(), elements.end());
  more.insert(std::ranges::lower_bound(more, element), element);
  return Value(std::move(more));
}

Value without(Value::Elements elements, const Value& element) {
  Value::List fewer = copy_of(elements);
  fewer.erase(std::ranges::lower_bound(fewer, element));
  return Value(std::move(fewer));
}

bool is_result(const Value& result) {
  return result.is_nil() || result.is_boolean();
}

}  // namespace

// ---- one element

std::optional<Value> Membership::step(const Value& state, const Call& call) const {
  return apply_shape(Membership::shape(call), state);
}

Shape Membership::shape(const Call& call) const {
  const bool known = call.answer == Answer::known;
  if (call.function == function::contains) {
    if (!known) return {ShapeKind::nothing};
    return {call.result.is_boolean() ? ShapeKind::read : ShapeKind::malformed, call.result};
  }
  const bool adds = call.function == function::add;
  if (!adds && call.function != function::discard) return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  if (!known || call.result.is_nil()) return {ShapeKind::write, Value(adds)};
  if (!call.result.is_boolean()) return {ShapeKind::malformed};
  // It changed something, or everything was as it wanted it.
  if (call.result.boolean()) return {ShapeKind::swap, Value(!adds), Value(adds)};
  return {ShapeKind::read, Value(adds)};
}

std::string Membership::describe(const Value& state) const {
  return state.boolean() ? "the element is there" : "the element is not there";
}

// ---- all elements

Value Set::initial() const {
  return Value(Value::List{});
}

std::optional<Value> Set::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  const Value::Elements elements = state.list();
  if (call.function == function::read) {
    if (call.answer == Answer::known && sorted(call.result) != state) return std::nullopt;
    return state;
  }
  const bool there = std::ranges::binary_search(elements, call.argument);
  if (call.function == function::contains) return if_answered(call, Value(there), state);
  const bool adds = call.function == function::add;
  if (adds == there) return if_told(call, Value(false), state);
  return if_told(call, Value(true),
                 adds ? with(elements, call.argument) : without(elements, call.argument));
}

Shape Set::shape(const Call& call) const {
  const bool known = call.answer == Answer::known;
  if (call.function == function::read) {
    if (!known) return {ShapeKind::nothing};
    if (!call.result.is_nil() && !call.result.is_list()) return {ShapeKind::malformed};
    Value elements = sorted(call.result);
    if (std::ranges::adjacent_find(elements.list()) != elements.list().end())
      return {ShapeKind::impossible};
    return {ShapeKind::read, std::move(elements)};
  }
  if (call.function == function::contains) {
    if (!known) return {ShapeKind::nothing};
    return {call.result.is_boolean() ? ShapeKind::observe : ShapeKind::malformed};
  }
  if (call.function != function::add && call.function != function::discard)
    return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  if (!is_result(call.result)) return {ShapeKind::malformed};
  const bool changed_nothing = known && call.result == Value(false);
  return {changed_nothing ? ShapeKind::observe : ShapeKind::effect};
}

std::optional<Value> Set::part(const Call& call) const {
  if (call.function == function::read) return std::nullopt;
  return call.argument;
}

std::string Set::describe(const Value& state) const {
  return describe_elements("set", state);
}

Shape GrowOnlySet::shape(const Call& call) const {
  return call.function == function::discard ? Shape{ShapeKind::malformed} : Set::shape(call);
}

}  // namespace eris::checkers
