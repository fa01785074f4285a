#include "checkers/objects/priority_queue.hpp"

#include <algorithm>

#include "checkers/objects/queue.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

Value PriorityQueue::initial() const {
  return Value(Value::List{});
}

std::optional<Value> PriorityQueue::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  const Value::Elements elements = state.list();
  if (call.function == function::insert) {
    Value::List more;
    more.reserve(elements.size() + 1);
    more.assign(elements.begin(), elements.end());
    more.insert(std::ranges::upper_bound(more, call.argument), call.argument);
    return Value(std::move(more));
  }
  if (elements.empty()) return if_answered(call, Value(), state);
  return if_answered(call, elements.front(),
                     Value(Value::List(elements.begin() + 1, elements.end())));
}

Shape PriorityQueue::shape(const Call& call) const {
  return container_shape(call, function::insert, function::extract);
}

std::string PriorityQueue::describe(const Value& state) const {
  return describe_elements("priority queue", state);
}

}  // namespace eris::checkers
