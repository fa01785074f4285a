#include "checkers/objects/stack.hpp"

#include "checkers/objects/queue.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

Value Stack::initial() const {
  return Value(Value::List{});
}

std::optional<Value> Stack::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  const Value::Elements elements = state.list();
  if (call.function == function::push) {
    Value::List higher;
    higher.reserve(elements.size() + 1);
    higher.assign(elements.begin(), elements.end());
    higher.push_back(call.argument);
    return Value(std::move(higher));
  }
  if (elements.empty()) return if_answered(call, Value(), state);
  return if_answered(call, elements.back(),
                     Value(Value::List(elements.begin(), elements.end() - 1)));
}

Shape Stack::shape(const Call& call) const {
  return container_shape(call, function::push, function::pop);
}

std::string Stack::describe(const Value& state) const {
  return describe_elements("stack", state);
}

}  // namespace eris::checkers
