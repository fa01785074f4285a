// Session: what every verb of the command line shares, and how it reports back.
// Thread rule: the main thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/model/schema.hpp"

namespace CLI {
class App;
}

namespace eris::cli {

/// Exit codes beside those of verdicts (model::exit_code).
inline constexpr int exit_usage = 64;
inline constexpr int exit_internal = 70;

struct Session {
  std::vector<std::string> arguments;  ///< as typed, without the program's name
  model::Catalogue catalogue;
  int exit_code = 0;  ///< set by the verb that ran
};

/// Prints "eris: …" to stderr and gives the exit code for the kind of error.
[[nodiscard]] int report_failure(const base::Error& error);

/// Text in single quotes for a shell, where it needs them.
[[nodiscard]] std::string shell_quoted(std::string_view text);

// Each adds one verb to the command line; its callback sets Session::exit_code.
void add_run(CLI::App& app, Session& session);
void add_sim(CLI::App& app, Session& session);
void add_replay(CLI::App& app, Session& session);
void add_shrink(CLI::App& app, Session& session);
void add_prove(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_convert(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_report(CLI::App& app, Session& session);
void add_list(CLI::App& app, Session& session);
void add_explain(CLI::App& app, Session& session);
void add_doctor(CLI::App& app, Session& session);
void add_completion(CLI::App& app, Session& session);
void add_docs(CLI::App& app, Session& session);

}  // namespace eris::cli
