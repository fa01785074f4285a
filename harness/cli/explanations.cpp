#include "harness/cli/explanations.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/formats/formats.hpp"

namespace eris::cli {

namespace {

const std::array<model::EntrySchema, 5>& verdicts() {
  static const std::array<model::EntrySchema, 5> all{{
      {.name = "valid",
       .summary = "The property holds for this history.",
       .explanation = "Exit code 0. Every check passed, operations of every required kind "
                      "succeeded, and every planned fault was seen to take effect. It is a "
                      "statement about this run; other timings may still show a bug."},
      {.name = "invalid",
       .summary = "The property is violated, with proof.",
       .explanation = "Exit code 1. The report shows the smallest set of operations found that no "
                      "correct system could have answered this way."},
      {.name = "unknown",
       .summary = "A check could not decide.",
       .explanation = "Exit code 2. A checker ran out of time or memory, or crashed. The reason "
                      "names the part of the history that blocked it and what to change."},
      {.name = "vacuous",
       .summary = "Nothing was tested.",
       .explanation = "Exit code 3. No operation of a required kind succeeded, or a planned fault "
                      "never took effect. A run that tests nothing is not a success."},
      {.name = "environment",
       .summary = "This machine cannot run it.",
       .explanation = "Exit code 4. A program is missing, the disk is full, or the kernel lacks "
                      "something; `eris doctor` says what."},
  }};
  return all;
}

std::string_view kind_name(model::OptionKind kind) {
  constexpr std::array<std::string_view, 8> names{
      "true or false", "whole number", "number", "text", "duration", "size", "choice", "list"};
  return names[static_cast<std::size_t>(kind)];
}

std::string option_details(const model::OptionSchema& option) {
  std::string details = fmt::format(
      "{}; default {}", kind_name(option.kind),
      model::to_text(option.default_value).empty() ? "none" : model::to_text(option.default_value));
  if (!option.choices.empty())
    details += fmt::format("; one of: {}", fmt::join(option.choices, ", "));
  return details;
}

std::string engines_text(const model::EntrySchema& entry) {
  return fmt::format("Only with --engine {}.", fmt::join(entry.engines, " or "));
}

/// One paragraph with lines of at most `width` characters, broken at blanks.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  std::string line;
  for (const std::string& word : base::split(text, ' ')) {
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) {
      out += fmt::format("{}{}\n", indent, line);
      line.clear();
    }
    line += line.empty() ? word : " " + word;
  }
  return out + fmt::format("{}{}\n", indent, line);
}

/// Paragraphs stand between empty lines. One with an indented line is a table and keeps its lines;
/// the lines of any other are joined and broken anew.
std::string laid_out(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  std::vector<std::string> paragraph;
  const auto flush = [&] {
    if (paragraph.empty()) return;
    if (!out.empty()) out += '\n';
    const bool is_table = std::ranges::any_of(
        paragraph, [](const std::string& line) { return line.starts_with(' '); });
    if (is_table)
      for (const std::string& line : paragraph) out += fmt::format("{}{}\n", indent, line);
    else
      out += wrapped(fmt::format("{}", fmt::join(paragraph, " ")), width, indent);
    paragraph.clear();
  };
  for (std::string& line : base::split(text, '\n')) {
    if (line.empty())
      flush();
    else
      paragraph.push_back(std::move(line));
  }
  flush();
  return out;
}

void add_all(std::vector<Explanation>& explanations, const char* kind,
             const std::vector<model::EntrySchema>& entries) {
  for (const model::EntrySchema& entry : entries)
    explanations.push_back({.name = entry.name, .kind = kind, .entry = entry});
}

}  // namespace

std::vector<Explanation> explanations_of(const model::Catalogue& catalogue) {
  std::vector<Explanation> explanations;
  add_all(explanations, "system", catalogue.systems);
  for (const model::EntrySchema& system : catalogue.systems)
    for (const model::EntrySchema& bug : system.parts)
      explanations.push_back({.name = system.name + "/" + bug.name, .kind = "bug", .entry = bug});
  add_all(explanations, "workload", catalogue.workloads);
  add_all(explanations, "fault", catalogue.faults);
  add_all(explanations, "check", catalogue.checks);
  add_all(explanations, "format", formats::registry());
  add_all(explanations, "verdict", {verdicts().begin(), verdicts().end()});
  return explanations;
}

std::string to_plain_text(const Explanation& explanation) {
  constexpr std::size_t width = 90;
  const model::EntrySchema& entry = explanation.entry;
  std::string text = fmt::format("{} ({})\n", explanation.name, explanation.kind);
  text += laid_out(entry.summary, width, "  ");
  if (!entry.explanation.empty()) text += "\n" + laid_out(entry.explanation, width, "  ");
  if (!entry.engines.empty()) text += "\n" + wrapped(engines_text(entry), width, "  ");
  if (!entry.options.empty()) text += "\n  Options:\n";
  for (const model::OptionSchema& option : entry.options) {
    text += fmt::format("    {}\n", option.name);
    text += wrapped(option.help, width, "        ");
    text += wrapped("(" + option_details(option) + ")", width, "        ");
  }
  return text;
}

std::string to_markdown(const std::vector<Explanation>& explanations) {
  std::string text =
      "<!-- Generated by `eris docs catalogue`; ci/docs writes it and a test compares it. -->\n"
      "# Catalogue\n\nEverything that a plan may name. `eris explain NAME` prints the same.\n";
  std::string kind;
  for (const Explanation& explanation : explanations) {
    if (explanation.kind != kind) {
      kind = explanation.kind;
      std::string heading = kind + "s";
      heading[0] = static_cast<char>(heading[0] - 'a' + 'A');
      text += fmt::format("\n## {}\n", heading);
    }
    const model::EntrySchema& entry = explanation.entry;
    text += fmt::format("\n### {}\n\n{}\n", explanation.name, entry.summary);
    if (!entry.explanation.empty()) text += fmt::format("\n{}\n", entry.explanation);
    if (!entry.engines.empty()) text += fmt::format("\n{}\n", engines_text(entry));
    if (entry.options.empty()) continue;
    text += "\n| option | value | meaning |\n|---|---|---|\n";
    for (const model::OptionSchema& option : entry.options)
      text += fmt::format("| `{}` | {} | {} |\n", option.name, option_details(option), option.help);
  }
  return text;
}

}  // namespace eris::cli
