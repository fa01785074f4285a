// eris docs: the generated part of the documentation, from the same source as --help and explain.
// Hidden from help: ci/docs calls it.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/explanations.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/version.hpp"

namespace eris::cli {

namespace {

/// Text for troff: a leading dot or quote would be a request, a backslash an escape.
std::string roff(std::string_view text) {
  std::string out;
  for (const std::string& line : base::split(text, '\n')) {
    std::string escaped;
    for (const char c : line)
      escaped += c == '\\' ? std::string("\\e") : c == '-' ? "\\-" : std::string(1, c);
    if (escaped.starts_with('.') || escaped.starts_with('\'')) escaped.insert(0, "\\&");
    out += escaped + "\n";
  }
  return out;
}

std::string verb_manual(const CLI::App& verb) {
  std::string text = fmt::format(".SS eris {}\n{}", verb.get_name(), roff(verb.get_description()));
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_name() == "--help") continue;
    text += fmt::format(".TP\n.B {}{}", roff(option->get_name(false, true)),
                        roff(option->get_description()));
  }
  return text;
}

std::string manual(const CLI::App& app) {
  std::string text = fmt::format(
      ".TH ERIS 1 \"\" \"eris {}\" \"User Commands\"\n.SH NAME\neris \\- put a replicated system "
      "under faults and decide what it really guarantees\n.SH SYNOPSIS\n.B eris\n.I verb\n"
      "[options]\n.SH DESCRIPTION\n.nf\n{}.fi\n.SH VERBS\n",
      version, roff(app.get_description()));
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!verb->get_group().empty()) text += verb_manual(*verb);
  return text + fmt::format(".SH EXIT STATUS\n.nf\n{}.fi\n", roff(app.get_footer()));
}

}  // namespace

void add_docs(CLI::App& app, Session& session) {
  auto which = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("docs", "Writes generated documentation to stdout");
  verb->group("");
  verb->add_option("which", *which, "catalogue or man")
      ->required()
      ->check(CLI::IsMember({"catalogue", "man"}));
  verb->callback([&app, &session, which] {
    fmt::print("{}",
               *which == "man" ? manual(app) : to_markdown(explanations_of(session.catalogue)));
    session.exit_code = 0;
  });
}

}  // namespace eris::cli
