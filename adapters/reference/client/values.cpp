#include "adapters/reference/client/values.hpp"

#include <array>
#include <utility>

namespace eris::client {
namespace {

constexpr std::array<std::pair<model::Function, kv::Function>, 6> functions{{
    {model::function::read, kv::Function::read},
    {model::function::write, kv::Function::write},
    {model::function::cas, kv::Function::cas},
    {model::function::append, kv::Function::append},
    {model::function::remove, kv::Function::erase},
    {model::function::increment, kv::Function::increment},
}};

}  // namespace

kv::Value to_kv(const model::Value& value) {
  if (value.is_boolean()) return kv::Value(value.boolean());
  if (value.is_integer()) return kv::Value(value.integer());
  if (value.is_text()) return kv::Value(std::string(value.text()));
  if (!value.is_list()) return {};
  kv::Value::List list;
  for (const model::Value& element : value.list()) list.push_back(to_kv(element));
  return kv::Value(std::move(list));
}

model::Value to_model(const kv::Value& value) {
  if (const bool* boolean = std::get_if<bool>(&value.data)) return model::Value(*boolean);
  if (const std::int64_t* integer = value.integer()) return model::Value(*integer);
  if (const std::string* text = value.text()) return model::Value(std::string_view(*text));
  if (value.is_nil()) return {};
  model::Value::List list;
  for (const kv::Value& element : *value.list()) list.push_back(to_model(element));
  return model::Value(std::move(list));
}

std::optional<kv::Command> to_command(const model::Op& op) {
  for (const auto& [name, function] : functions) {
    if (name != op.function) continue;
    kv::Command command{.function = function, .key = to_kv(op.key)};
    if (function != kv::Function::cas) {
      command.argument = to_kv(op.argument);
      return command;
    }
    if (!op.argument.is_list() || op.argument.list().size() != 2) return std::nullopt;
    command.expected = to_kv(op.argument.list()[0]);
    command.argument = to_kv(op.argument.list()[1]);
    return command;
  }
  return std::nullopt;
}

}  // namespace eris::client
