// The program that runs as a node: the usual one, or another build of it that the user names with
// the option "program", as one's own or an older one.
// Thread rule: reads PATH and the working directory; no shared state otherwise.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/schema.hpp"

namespace eris::adapters {

/// The option. `usual` is what is started without it.
[[nodiscard]] model::OptionSchema program_option(std::string_view usual);

[[nodiscard]] bool is_program(const std::filesystem::path& path);

/// The program in PATH, or an empty path.
[[nodiscard]] std::filesystem::path program_in_path(const std::string& name);

/// What a user means: a name is looked up in PATH, anything with a slash is a path from here. The
/// result is absolute, since nodes run in directories of their own.
/// Errors: environment, when there is no such program.
[[nodiscard]] base::Result<std::filesystem::path> find_named_program(const std::string& name);

}  // namespace eris::adapters
