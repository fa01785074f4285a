// The command line: the composition root. Nothing else in Eris knows of every part.
#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/result.hpp"
#include "harness/cli/catalogue.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/session.hpp"

namespace eris::cli {
namespace {

/// A result that did not reach its reader is no success; a violation stays one.
int output_lost(int error, int exit_code) {
  const auto failure = base::system_error("cannot write to stdout", error, {});
  const int environment = report_failure(failure.error());
  return exit_code == 0 ? environment : exit_code;
}

int run_command_line(int argc, char** argv) {
  Session session{.arguments = {argv + 1, argv + argc}, .catalogue = make_catalogue()};
  CLI::App app;
  build_command_line(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    session.exit_code = report_parse_error(app, error, session);
  }
  // What is buffered is written here, where a failure can still be told.
  return std::fflush(stdout) == 0 ? session.exit_code : output_lost(errno, session.exit_code);
}

}  // namespace
}  // namespace eris::cli

int main(int argc, char** argv) {
  using namespace eris::cli;
  try {
    return run_command_line(argc, argv);
  } catch (const std::system_error& failure) {
    if (std::ferror(stdout) != 0) return output_lost(failure.code().value(), 0);
    fmt::print(stderr, "eris: internal error: {}\n", failure.what());
  } catch (const std::exception& exception) {
    fmt::print(stderr, "eris: internal error: {}\n", exception.what());
  }
  return exit_internal;
}
