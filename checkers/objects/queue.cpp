#include "checkers/objects/queue.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

Shape container_shape(const Call& call, model::Function put, model::Function take) {
  const bool refused = call.answer == Answer::refused;
  if (call.function == put) {
    if (call.argument.is_nil()) return {ShapeKind::malformed};
    return {refused ? ShapeKind::nothing : ShapeKind::effect};
  }
  if (call.function != take) return {ShapeKind::malformed};
  if (refused) return {ShapeKind::nothing};
  if (call.answer == Answer::known && call.result.is_nil())
    return {ShapeKind::read, Value(Value::List{})};
  return {ShapeKind::effect};
}

Value Queue::initial() const {
  return Value(Value::List{});
}

std::optional<Value> Queue::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  const Value::Elements elements = state.list();
  if (call.function == function::enqueue) {
    Value::List longer;
    longer.reserve(elements.size() + 1);
    longer.assign(elements.begin(), elements.end());
    longer.push_back(call.argument);
    return Value(std::move(longer));
  }
  if (elements.empty()) return if_answered(call, Value(), state);
  return if_answered(call, elements.front(),
                     Value(Value::List(elements.begin() + 1, elements.end())));
}

Shape Queue::shape(const Call& call) const {
  return container_shape(call, function::enqueue, function::dequeue);
}

std::string Queue::describe(const Value& state) const {
  return describe_elements("queue", state);
}

}  // namespace eris::checkers
