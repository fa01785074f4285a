#include "harness/cli/session.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "harness/model/verdict.hpp"

namespace eris::cli {

int report_failure(const base::Error& error) {
  fmt::print(stderr, "eris: {}\n", base::to_text(error));
  switch (error.kind) {
    case base::ErrorKind::usage:
      return exit_usage;
    case base::ErrorKind::environment:
      return model::exit_code(model::Verdict::environment);
    case base::ErrorKind::internal:
      return exit_internal;
  }
  return exit_internal;
}

std::string shell_quoted(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
    return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace eris::cli
