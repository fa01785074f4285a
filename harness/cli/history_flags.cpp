#include "harness/cli/history_flags.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/model/plan.hpp"

namespace eris::cli {

namespace {

base::Result<formats::ReadOptions> options_of(const HistoryFlags& flags,
                                              const std::filesystem::path& path) {
  formats::ReadOptions options{
      .keyed = flags.keyed, .object = flags.object, .nil_read_is_any = flags.nil_reads == "any"};
  if (flags.failed_cas) options.failed_cas_compared = *flags.failed_cas == "compared";
  if (flags.format) {
    ERIS_TRY(options.format, formats::parse_format(*flags.format));
  } else if (path.filename() == RunDirectory{}.journal()) {
    // Its name says so, whatever is left of it.
    options.format = formats::Format::journal;
  }
  return options;
}

/// What was guessed, in one line, with the flags that say otherwise.
void tell_guesses(const formats::Imported& imported) {
  if (imported.format == formats::Format::journal) return;
  std::vector<std::string> guesses;
  std::vector<std::string> flags;
  if (imported.format_guessed) {
    guesses.push_back(fmt::format("format {}", formats::to_text(imported.format)));
    flags.emplace_back("--format");
  }
  if (imported.keyed_guessed) {
    guesses.emplace_back(imported.keyed ? "keyed" : "not keyed");
    flags.emplace_back(imported.keyed ? "--not-keyed" : "--keyed");
  }
  if (!imported.object_why.empty() && !imported.object.empty()) {
    guesses.push_back(fmt::format("object {} ({})", imported.object, imported.object_why));
    flags.emplace_back("--object");
  }
  if (guesses.empty()) return;
  fmt::print(stderr, "eris: guessed: {}; {} would say otherwise\n", base::join_words(guesses),
             base::join_words(flags));
}

}  // namespace

void add_history_flags(CLI::App& verb, HistoryFlags& flags) {
  verb.add_option("path", flags.path,
                  "A run directory (eris-runs/latest), a journal.jsonl, or a history that others "
                  "recorded")
      ->required();
  verb.add_option("--format", flags.format,
                  "Of a history: journal, edn, text, json, csv, jsonl; else it is guessed");
  // A flag bound to an optional is set even where nobody gave it.
  verb.add_flag_callback(
      "--keyed", [&flags] { flags.keyed = true; },
      "Values are [key value] pairs; else it is guessed");
  verb.add_flag_callback(
      "--not-keyed", [&flags] { flags.keyed = false; }, "They are none, though they look like it");
  verb.add_option("--object", flags.object,
                  "What the operations act on (register, queue, …); else it is guessed");
  verb.add_option("--nil-reads", flags.nil_reads,
                  "What a read of nil says: \"initial\", nothing was there yet; \"any\", nothing")
      ->check(CLI::IsMember({"initial", "any"}))
      ->capture_default_str();
  verb.add_option("--failed-cas", flags.failed_cas,
                  "What a failed cas without an error says: \"compared\", another value was there; "
                  "\"any\", nothing; else as the format means it")
      ->check(CLI::IsMember({"compared", "any"}));
}

base::Result<FoundHistory> read_history(const HistoryFlags& flags) {
  ERIS_TRY(std::filesystem::path path, find_history(flags.path));
  ERIS_TRY(const formats::ReadOptions options, options_of(flags, path));
  ERIS_TRY(formats::Imported imported, formats::read(path, options));
  for (const std::string& remark : imported.history.remarks)
    fmt::print(stderr, "eris: {}\n", remark);
  tell_guesses(imported);
  return FoundHistory{std::move(path), std::move(imported)};
}

}  // namespace eris::cli
