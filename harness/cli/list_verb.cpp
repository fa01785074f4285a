// eris list: the names that a plan may use, one a line.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/cli/session.hpp"

namespace eris::cli {

namespace {

struct Section {
  const char* name;
  std::vector<model::EntrySchema> entries;
};

std::vector<model::EntrySchema> bugs_of(const std::vector<model::EntrySchema>& systems) {
  std::vector<model::EntrySchema> bugs;
  for (const model::EntrySchema& system : systems)
    for (model::EntrySchema part : system.parts) {
      part.name = system.name + "/" + part.name;
      bugs.push_back(std::move(part));
    }
  return bugs;
}

std::vector<Section> sections_of(const model::Catalogue& catalogue) {
  return {{"systems", catalogue.systems},
          {"workloads", catalogue.workloads},
          {"faults", catalogue.faults},
          {"checks", catalogue.checks},
          {"bugs", bugs_of(catalogue.systems)}};
}

/// " (sim only)" where not all engines have it.
std::string engines_of(const model::EntrySchema& entry) {
  if (entry.engines.empty()) return {};
  return fmt::format(" ({} only)", fmt::join(entry.engines, ", "));
}

void print_text(const std::vector<Section>& sections) {
  std::size_t width = 0;
  for (const Section& section : sections)
    for (const model::EntrySchema& entry : section.entries)
      width = std::max(width, entry.name.size());
  for (const Section& section : sections) {
    if (sections.size() > 1) fmt::print("{}\n", section.name);
    for (const model::EntrySchema& entry : section.entries)
      fmt::print("{}{:<{}}  {}{}\n", sections.size() > 1 ? "  " : "", entry.name, width,
                 entry.summary, engines_of(entry));
  }
}

void print_json(const std::vector<Section>& sections) {
  nlohmann::ordered_json all;
  for (const Section& section : sections) {
    all[section.name] = nlohmann::ordered_json::array();
    for (const model::EntrySchema& entry : section.entries) {
      nlohmann::ordered_json line{{"name", entry.name}, {"summary", entry.summary}};
      if (!entry.engines.empty()) line["engines"] = entry.engines;
      all[section.name].push_back(std::move(line));
    }
  }
  fmt::print("{}\n", all.dump(2));
}

int list(const model::Catalogue& catalogue, const std::string& wanted, bool json) {
  std::vector<Section> sections = sections_of(catalogue);
  if (!wanted.empty())
    std::erase_if(sections, [&](const Section& section) { return section.name != wanted; });
  if (json)
    print_json(sections);
  else
    print_text(sections);
  return 0;
}

}  // namespace

void add_list(CLI::App& app, Session& session) {
  struct Flags {
    std::string section;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("list", "What there is: systems, workloads, faults, checks, bugs");
  verb->add_option("section", flags->section, "Only this: systems, workloads, faults, checks, bugs")
      ->check(CLI::IsMember({"systems", "workloads", "faults", "checks", "bugs"}));
  verb->add_flag("--json", flags->json, "For programs");
  verb->callback([&session, flags] {
    session.exit_code = list(session.catalogue, flags->section, flags->json);
  });
}

}  // namespace eris::cli
