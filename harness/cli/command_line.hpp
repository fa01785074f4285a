// The whole command line as one value: main parses with it, and completion and the generated docs
// read it, so that help, completion and man page cannot drift apart.
#pragma once

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace eris::cli {

struct Session;

/// `session` must outlive `app`.
void build_command_line(CLI::App& app, Session& session);

/// Prints help where help was asked for, else one line with "did you mean". Gives the exit code.
[[nodiscard]] int report_parse_error(const CLI::App& app, const CLI::ParseError& error,
                                     const Session& session);

}  // namespace eris::cli
