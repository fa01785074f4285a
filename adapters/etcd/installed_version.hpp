// Which etcd is installed.
// Thread rule: reads PATH from the environment; otherwise no shared state.
#pragma once

#include <string>

#include "harness/base/result.hpp"

namespace eris::adapters::etcd {

/// Looked up in PATH.
inline constexpr const char* program_name = "etcd";

/// "3.4.23", from `etcd --version`. Errors: environment, where the program is missing, does not
/// start, does not answer within 10 s, or does not say its version.
[[nodiscard]] base::Result<std::string> installed_version();

}  // namespace eris::adapters::etcd
