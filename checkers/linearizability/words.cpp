#include "checkers/linearizability/words.hpp"

#include <string_view>

#include <fmt/format.h>

namespace eris::checkers::linearizability {

using model::Function;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

std::string cas_deed(const Operation& operation) {
  const Value::Elements change = operation.argument.list();
  const std::string words = fmt::format("{} to {} by cas", to_text(change[0]), to_text(change[1]));
  if (operation.status == Status::ok) return "changed " + words;
  if (operation.status == Status::info) return "tried to change " + words;
  const std::string seen = operation.result.is_nil() ? std::string(", which was refused")
                                                     : fmt::format(", which was refused seeing {}",
                                                                   to_text(operation.result));
  return "tried to change " + words + seen;
}

/// The past tense of functions that do something with their argument.
struct Verb {
  Function function;
  std::string_view done;
  std::string_view tried;
};

const Verb* verb_of(Function name) {
  static const Verb verbs[] = {
      {function::write, "wrote", "write"},        {function::append, "appended", "append"},
      {function::enqueue, "enqueued", "enqueue"}, {function::push, "pushed", "push"},
      {function::insert, "inserted", "insert"},   {function::add, "added", "add"},
      {function::discard, "discarded", "discard"}};
  for (const Verb& verb : verbs)
    if (verb.function == name) return &verb;
  return nullptr;
}

/// What takes an element out.
struct Removal {
  Function function;
  std::string_view done;
  std::string_view container;
};

const Removal* removal_of(Function name) {
  static const Removal removals[] = {{function::dequeue, "dequeued", "queue"},
                                     {function::pop, "popped", "stack"},
                                     {function::extract, "extracted", "priority queue"}};
  for (const Removal& removal : removals)
    if (removal.function == name) return &removal;
  return nullptr;
}

std::string removal_deed(const Removal& removal, const Operation& operation) {
  if (operation.status != Status::ok) return fmt::format("tried to {}", removal.function.view());
  if (operation.result.is_nil()) return fmt::format("found the {} empty", removal.container);
  return fmt::format("{} {}", removal.done, to_text(operation.result));
}

std::string verb_deed(const Verb& verb, const Operation& operation) {
  const std::string argument = to_text(operation.argument);
  if (operation.status != Status::ok) return fmt::format("tried to {} {}", verb.tried, argument);
  std::string text = fmt::format("{} {}", verb.done, argument);
  if (!operation.result.is_boolean()) return text;
  const bool changed = operation.result.boolean();
  if (operation.function == function::add)
    return text + (changed ? ", which was new" : ", which was there already");
  return text + (changed ? ", which was there" : ", which was not there");
}

std::string lock_deed(const Operation& operation) {
  const bool acquire = operation.function == function::acquire;
  if (operation.status != Status::ok)
    return fmt::format("tried to {} the lock", operation.function.view());
  std::string text = acquire ? "acquired the lock" : "released the lock";
  const Value& token = acquire ? operation.result : operation.argument;
  if (!token.is_nil()) text += fmt::format(" with token {}", to_text(token));
  return text;
}

}  // namespace

std::string deed_of(const Operation& operation) {
  const bool ok = operation.status == Status::ok;
  if (operation.function == function::read) return fmt::format("read {}", brief(operation.result));
  if (operation.function == function::remove) return ok ? "deleted it" : "tried to delete it";
  if (operation.function == function::cas) return cas_deed(operation);
  if (operation.function == function::acquire || operation.function == function::release)
    return lock_deed(operation);
  if (const Verb* verb = verb_of(operation.function)) return verb_deed(*verb, operation);
  if (const Removal* removal = removal_of(operation.function))
    return removal_deed(*removal, operation);
  if (operation.function == function::contains && operation.result.is_boolean())
    return fmt::format("found {} {}", to_text(operation.argument),
                       operation.result.boolean() ? "there" : "not there");
  if (operation.function == function::generate && ok)
    return fmt::format("was given the id {}", to_text(operation.result));
  std::string text = fmt::format("{} {}", ok ? "did" : "tried", operation.function.view());
  if (!operation.argument.is_nil()) text += " " + to_text(operation.argument);
  if (!operation.result.is_nil()) text += fmt::format(", giving {}", to_text(operation.result));
  return text;
}

std::string brief(const Value& value) {
  constexpr std::size_t shown_max = 8;
  if (!value.is_list() || value.list().size() <= shown_max) return to_text(value);
  const Value::Elements list = value.list();
  return fmt::format("[{} {} … {} {} {}], {} values", to_text(list[0]), to_text(list[1]),
                     to_text(list[list.size() - 3]), to_text(list[list.size() - 2]),
                     to_text(list.back()), list.size());
}

}  // namespace eris::checkers::linearizability
