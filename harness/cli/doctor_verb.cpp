// eris doctor: what this machine can do for Eris, and why not.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "adapters/adapter.hpp"
#include "harness/cli/session.hpp"
#include "harness/live/doctor.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

namespace {

/// The machine's own capabilities, and whether each known system is installed.
std::vector<live::Capability> examine_everything() {
  std::vector<live::Capability> found = live::examine_machine();
  for (const adapters::SystemType& type : adapters::registry()) {
    live::Capability capability{.name = "system " + type.schema.name};
    const auto system = type.make(model::Options(type.schema.options), 3);
    const auto versions = system ? (*system)->versions()
                                 : base::Result<model::Fields>(std::unexpected(system.error()));
    capability.available = versions.has_value();
    if (versions) {
      for (const auto& [name, value] : *versions)
        capability.detail +=
            fmt::format("{}{} {}", capability.detail.empty() ? "" : ", ", name,
                        value.is_text() ? std::string(value.text()) : model::to_text(value));
    } else {
      capability.detail = versions.error().what;
      capability.remedy = versions.error().next_step;
    }
    found.push_back(std::move(capability));
  }
  return found;
}

void print_text(const std::vector<live::Capability>& capabilities) {
  for (const live::Capability& capability : capabilities) {
    fmt::print("{} {:<22} {}\n", capability.available ? "yes" : "NO ", capability.name,
               capability.detail);
    if (!capability.available && !capability.remedy.empty())
      fmt::print("    {:<22} {}\n", "", capability.remedy);
  }
}

void print_json(const std::vector<live::Capability>& capabilities) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const live::Capability& capability : capabilities)
    all.push_back({{"name", capability.name},
                   {"available", capability.available},
                   {"required", capability.required},
                   {"detail", capability.detail},
                   {"remedy", capability.remedy}});
  fmt::print("{}\n", all.dump(2));
}

int doctor(bool json) {
  const std::vector<live::Capability> capabilities = examine_everything();
  if (json)
    print_json(capabilities);
  else
    print_text(capabilities);
  const bool ready = std::ranges::all_of(capabilities, [](const auto& capability) {
    return capability.available || !capability.required;
  });
  if (!json)
    fmt::print("\n{}\n", ready ? "This machine can run live clusters."
                               : "This machine cannot run live clusters; see the lines marked NO.");
  return ready ? 0 : model::exit_code(model::Verdict::environment);
}

}  // namespace

void add_doctor(CLI::App& app, Session& session) {
  auto json = std::make_shared<bool>(false);
  CLI::App* verb = app.add_subcommand("doctor", "What this machine can do, and why not");
  verb->add_flag("--json", *json, "For programs");
  verb->callback([&session, json] { session.exit_code = doctor(*json); });
}

}  // namespace eris::cli
