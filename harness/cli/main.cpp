// The command line: the composition root. Nothing else in Eris knows of every part.
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/session.hpp"

int main(int argc, char** argv) {
  using namespace eris::cli;
  try {
    Session session{.arguments = {argv + 1, argv + argc}, .catalogue = make_catalogue()};
    CLI::App app;
    build_command_line(app, session);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return report_parse_error(app, error, session);
    }
    return session.exit_code;
  } catch (const std::exception& exception) {
    fmt::print(stderr, "eris: internal error: {}\n", exception.what());
    return exit_internal;
  }
}
