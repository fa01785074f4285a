#include "adapters/program.hpp"

#include <cstdlib>
#include <system_error>

#include <unistd.h>

#include "harness/base/text.hpp"

namespace eris::adapters {

namespace fs = std::filesystem;

model::OptionSchema program_option(std::string_view usual) {
  return {.name = "program",
          .kind = model::OptionKind::text,
          .default_value = std::string(),
          .help =
              "Another build of the same program, as your own or an older one: a path, or a "
              "name in PATH. Empty: " +
              std::string(usual)};
}

bool is_program(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

fs::path program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  for (const std::string& place : base::split(path == nullptr ? "" : path, ':'))
    if (!place.empty() && is_program(fs::path(place) / name))
      return fs::absolute(fs::path(place) / name);
  return {};
}

base::Result<fs::path> find_named_program(const std::string& name) {
  const bool is_path = name.find('/') != std::string::npos;
  const fs::path found = is_path ? fs::absolute(name).lexically_normal() : program_in_path(name);
  if (is_program(found)) return found;
  std::error_code ignored;
  if (is_path && fs::exists(found, ignored))
    return base::environment_error("this program cannot be started", found.string(),
                                   "is it a file, and executable? chmod +x makes it so");
  return base::environment_error(
      is_path ? "there is no such program" : "there is no program '" + name + "'",
      is_path ? found.string() : "PATH", "name it by its path with --program");
}

}  // namespace eris::adapters
