#include "checkers/objects/multi_register.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers {

using model::Value;

namespace {

bool is_read(const Value& micro) {
  return micro.list()[0] == Value("r");
}

bool is_micro(const Value& value) {
  if (!value.is_list() || value.list().size() != 3) return false;
  return is_read(value) || value.list()[0] == Value("w");
}

bool is_list_of_micros(const Value& value) {
  return value.is_list() && std::ranges::all_of(value.list(), is_micro);
}

bool all_reads(Value::Elements micros) {
  return std::ranges::all_of(micros, is_read);
}

/// The micro-operations with their answers where they are known, else as they were asked.
Value::Elements micros_of(const Call& call) {
  return call.answer == Answer::known ? call.result.list() : call.argument.list();
}

/// Asked and answered alike, but for what was read.
bool match(Value::Elements asked, Value::Elements answered) {
  return std::ranges::equal(asked, answered, [](const Value& a, const Value& b) {
    const bool value = is_read(a) || a.list()[2] == b.list()[2];
    return a.list()[0] == b.list()[0] && a.list()[1] == b.list()[1] && value;
  });
}

class Registers {
 public:
  explicit Registers(const Value& state) : pairs_(copy_of(state.list())) {}

  [[nodiscard]] Value read(const Value& name) const {
    const auto place = find(name);
    return place != pairs_.end() && place->list()[0] == name ? place->list()[1] : Value();
  }

  void write(const Value& name, const Value& value) {
    const auto place = pairs_.begin() + (find(name) - pairs_.begin());
    const bool there = place != pairs_.end() && place->list()[0] == name;
    if (value.is_nil()) {
      if (there) pairs_.erase(place);
      return;
    }
    Value pair(Value::List{name, value});
    if (there)
      *place = std::move(pair);
    else
      pairs_.insert(place, std::move(pair));
  }

  [[nodiscard]] Value state() && { return Value(std::move(pairs_)); }

 private:
  [[nodiscard]] Value::List::const_iterator find(const Value& name) const {
    return std::ranges::lower_bound(pairs_, name, {},
                                    [](const Value& pair) { return pair.list()[0]; });
  }

  Value::List pairs_;
};

}  // namespace

Value MultiRegister::initial() const {
  return Value(Value::List{});
}

std::optional<Value> MultiRegister::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  Registers registers(state);
  for (const Value& micro : micros_of(call)) {
    const Value& name = micro.list()[1];
    const Value& value = micro.list()[2];
    if (!is_read(micro))
      registers.write(name, value);
    else if (call.answer == Answer::known && registers.read(name) != value)
      return std::nullopt;
  }
  return std::move(registers).state();
}

Shape MultiRegister::shape(const Call& call) const {
  if (call.function != model::function::transaction || !is_list_of_micros(call.argument))
    return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  const bool pure = all_reads(call.argument.list());
  if (call.answer == Answer::unknown) return {pure ? ShapeKind::nothing : ShapeKind::effect};
  if (!is_list_of_micros(call.result) || !match(call.argument.list(), call.result.list()))
    return {ShapeKind::malformed};
  return {pure ? ShapeKind::observe : ShapeKind::effect};
}

std::optional<Value> MultiRegister::part(const Call& call) const {
  const Value::Elements micros = call.argument.list();
  if (micros.empty()) return std::nullopt;
  const Value& first = micros.front().list()[1];
  const bool single =
      std::ranges::all_of(micros, [&](const Value& micro) { return micro.list()[1] == first; });
  return single ? std::optional(first) : std::nullopt;
}

std::string MultiRegister::describe(const Value& state) const {
  if (state.list().empty()) return "every register is nil";
  std::vector<std::string> words;
  for (const Value& pair : state.list())
    words.push_back(fmt::format("{} is {}", to_text(pair.list()[0]), to_text(pair.list()[1])));
  return base::join_words(words);
}

}  // namespace eris::checkers
