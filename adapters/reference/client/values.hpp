// Between the harness' values and the store's. Both have the same kinds, so nothing is lost.
// Thread rule: pure functions.
#pragma once

#include <optional>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/kv/value.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/value.hpp"

namespace eris::client {

[[nodiscard]] kv::Value to_kv(const model::Value& value);
[[nodiscard]] model::Value to_model(const kv::Value& value);

/// The command for an operation, without its session; nothing where the function is not one of the
/// store's or its argument has the wrong shape (cas wants a list of two).
[[nodiscard]] std::optional<kv::Command> to_command(const model::Op& op);

}  // namespace eris::client
