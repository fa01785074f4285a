// eris explain: what a name means, with its options.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/explanations.hpp"
#include "harness/cli/session.hpp"

namespace eris::cli {

namespace {

int explain(const model::Catalogue& catalogue, const std::string& name) {
  const std::vector<Explanation> all = explanations_of(catalogue);
  std::vector<std::string> names;
  bool found = false;
  for (const Explanation& explanation : all) {
    names.push_back(explanation.name);
    if (explanation.name != name) continue;
    fmt::print("{}{}", found ? "\n" : "", to_plain_text(explanation));
    found = true;
  }
  if (found) return 0;
  const auto error = base::usage_error(fmt::format("nothing is called '{}'", name), "eris explain",
                                       base::did_you_mean(name, names));
  return report_failure(error.error());
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand(
      "explain", "What a name means: raft, raft/figure-8, partition, vacuous, …");
  verb->add_option("name", *name, "A system, bug, workload, fault, check, format or verdict")
      ->required();
  verb->callback([&session, name] { session.exit_code = explain(session.catalogue, *name); });
}

}  // namespace eris::cli
