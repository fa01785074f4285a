// eris convert: a history in another form, so that other checkers can judge it too.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/history_flags.hpp"
#include "harness/cli/session.hpp"

namespace eris::cli {

namespace {

struct ConvertFlags {
  HistoryFlags history;
  std::string to = "edn";
  std::string out;
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Opens the file that was asked for, or lends stdout.
base::Result<std::unique_ptr<std::FILE, Close>> open_file(const std::string& path) {
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "w"));
  if (!file) return base::system_error("cannot write this file", errno, path);
  return file;
}

base::Result<void> write_to(std::FILE* file, const std::string& name, const model::History& history,
                            formats::Format format) {
  bool written = true;
  int problem = 0;
  ERIS_CHECK_OK(formats::write(history, format, [&](std::string_view text) {
    if (!written) return;
    written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    problem = errno;
  }));
  if (written && std::fflush(file) == 0) return {};
  return base::system_error("cannot write the history", written ? errno : problem, name);
}

base::Result<int> convert(const ConvertFlags& flags) {
  ERIS_TRY(const formats::Format format, formats::parse_format(flags.to));
  ERIS_TRY(const FoundHistory found, read_history(flags.history));
  if (flags.out.empty()) {
    ERIS_CHECK_OK(write_to(stdout, "standard output", found.imported.history, format));
    return 0;
  }
  ERIS_TRY(const auto file, open_file(flags.out));
  ERIS_CHECK_OK(write_to(file.get(), flags.out, found.imported.history, format));
  return 0;
}

}  // namespace

void add_convert(CLI::App& app, Session& session) {
  auto flags = std::make_shared<ConvertFlags>();
  CLI::App* verb = app.add_subcommand(
      "convert", "Write a history as others read it: for Knossos, Elle, or a table");
  add_history_flags(*verb, flags->history);
  verb->add_option("--to", flags->to,
                   "edn (Jepsen, Knossos, Elle), json (elle-cli), jsonl (a table)")
      ->check(CLI::IsMember({"edn", "json", "jsonl"}))
      ->capture_default_str();
  verb->add_option("--out", flags->out, "The file to write; else stdout");
  verb->callback([&session, flags] {
    const auto code = convert(*flags);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
