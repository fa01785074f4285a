#include "checkers/objects/object.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers {

using model::Value;

Shape SequentialObject::shape(const Call&) const {
  return {ShapeKind::effect};
}

std::optional<Value> SequentialObject::part(const Call&) const {
  return std::nullopt;
}

std::string SequentialObject::describe(const Value& state) const {
  return fmt::format("the value is {}", to_text(state));
}

std::optional<Value> if_answered(const Call& call, const Value& result, const Value& after) {
  if (call.answer == Answer::known && call.result != result) return std::nullopt;
  return after;
}

std::optional<Value> if_told(const Call& call, const Value& result, const Value& after) {
  return call.result.is_nil() ? after : if_answered(call, result, after);
}

std::string describe_elements(std::string_view noun, const Value& state) {
  constexpr std::size_t shown_max = 8;
  const Value::Elements elements = state.list();
  if (elements.empty()) return fmt::format("the {} is empty", noun);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(elements.size(), shown_max); ++i)
    words.push_back(to_text(elements[i]));
  if (elements.size() > shown_max)
    words.push_back(fmt::format("{} others", elements.size() - shown_max));
  return fmt::format("the {} holds {}", noun, base::join_words(words));
}

}  // namespace eris::checkers
