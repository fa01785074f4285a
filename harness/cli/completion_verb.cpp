// eris completion: a script for the user's shell, made from the command line itself.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/explanations.hpp"
#include "harness/cli/session.hpp"

namespace eris::cli {

namespace {

struct VerbWords {
  std::string name;
  std::string summary;
  std::vector<std::string> words;  ///< flags, and names where the verb takes one
};

std::vector<VerbWords> words_of(const CLI::App& app, const model::Catalogue& catalogue) {
  std::vector<VerbWords> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->get_group().empty()) continue;
    VerbWords words{.name = verb->get_name(), .summary = verb->get_description(), .words = {}};
    for (const CLI::Option* option : verb->get_options())
      for (const std::string& name : option->get_lnames()) words.words.push_back("--" + name);
    if (words.name == "run")
      for (const std::string& system : model::names_of(catalogue.systems))
        words.words.push_back(system);
    if (words.name == "explain")
      for (const Explanation& explanation : explanations_of(catalogue))
        words.words.push_back(explanation.name);
    if (words.name == "list")
      words.words.insert(words.words.end(), {"systems", "workloads", "faults", "checks", "bugs"});
    if (words.name == "completion") words.words.insert(words.words.end(), {"bash", "zsh", "fish"});
    verbs.push_back(std::move(words));
  }
  return verbs;
}

std::string bash_script(const std::vector<VerbWords>& verbs) {
  std::string names;
  std::string cases;
  for (const VerbWords& verb : verbs) {
    names += (names.empty() ? "" : " ") + verb.name;
    cases += fmt::format("    {}) words=\"{}\" ;;\n", verb.name, fmt::join(verb.words, " "));
  }
  return fmt::format(
      "# eris completion bash > /etc/bash_completion.d/eris, or: source <(eris completion bash)\n"
      "_eris() {{\n"
      "  local words=\"{}\"\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -gt 1 ]; then\n"
      "    case \"${{COMP_WORDS[1]}}\" in\n{}"
      "    *) words=\"\" ;;\n"
      "    esac\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
      "}}\n"
      "complete -o default -F _eris eris\n",
      names, cases);
}

std::string zsh_script(const std::vector<VerbWords>& verbs) {
  return "#compdef eris\n# eris completion zsh > ~/.zfunc/_eris\nautoload -U bashcompinit && "
         "bashcompinit\n" +
         bash_script(verbs);
}

std::string fish_script(const std::vector<VerbWords>& verbs) {
  std::string script = "# eris completion fish > ~/.config/fish/completions/eris.fish\n";
  for (const VerbWords& verb : verbs) {
    script += fmt::format("complete -c eris -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                          shell_quoted(verb.summary));
    for (const std::string& word : verb.words) {
      script += fmt::format("complete -c eris -n '__fish_seen_subcommand_from {}' {} {}\n",
                            verb.name, word.starts_with("--") ? "-l" : "-a",
                            word.starts_with("--") ? word.substr(2) : word);
    }
  }
  return script;
}

}  // namespace

void add_completion(CLI::App& app, Session& session) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "A completion script for bash, zsh or fish");
  verb->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([&app, &session, shell] {
    const auto verbs = words_of(app, session.catalogue);
    fmt::print("{}", *shell == "bash"  ? bash_script(verbs)
                     : *shell == "zsh" ? zsh_script(verbs)
                                       : fish_script(verbs));
    session.exit_code = 0;
  });
}

}  // namespace eris::cli
