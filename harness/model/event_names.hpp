// Words of the journal that its encoder and its decoder must agree on.
// Thread rule: constants.
#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "harness/model/fault.hpp"
#include "harness/model/operation.hpp"

namespace eris::model {

/// What "do" says of a fault's action, in the order of FaultAction's alternatives.
inline constexpr std::array<std::string_view, 20> action_names{
    "cut",       "heal",      "kill",   "restart",     "pause",         "resume",     "degrade",
    "restore",   "clog",      "unclog", "power-off",   "power-on",      "bend-clock", "mend-clock",
    "harm-disk", "mend-disk", "wipe",   "start-empty", "remove-server", "add-server"};
static_assert(action_names.size() == std::variant_size_v<FaultAction>);

/// As in Jepsen's histories: the "value" of an ok operation of this function is what it returned,
/// where that of any other is what it was given.
constexpr bool value_is_result(Function function) {
  return function == function::read;
}

}  // namespace eris::model
