// Which etcd is installed.
// Thread rule: reads PATH from the environment; otherwise no shared state.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/result.hpp"

namespace eris::adapters::etcd {

/// Looked up in PATH.
inline constexpr const char* program_name = "etcd";

/// The program that the user named, or the one in PATH. Errors: environment.
[[nodiscard]] base::Result<std::filesystem::path> find_program(const std::string& named);

/// "3.4.23", from `etcd --version`. Errors: environment, where the program is missing, does not
/// start, does not answer within 10 s, or does not say its version.
[[nodiscard]] base::Result<std::string> installed_version(const std::string& named);

}  // namespace eris::adapters::etcd
