// The plans of ci/suites and ci/negative are read as `eris run` reads them, so that a plan that no
// test runs (most need a minute or etcd) does not rot.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/cli/catalogue.hpp"
#include "harness/model/plan.hpp"

namespace eris::ci {
namespace {

namespace fs = std::filesystem;

struct PlanFile {
  std::string name;  ///< "ci/suites/first-light.toml"
  std::string text;
};

std::vector<PlanFile> plans_in(const std::string& folder) {
  std::vector<PlanFile> plans;
  for (const auto& entry : fs::directory_iterator(fs::path(ERIS_SOURCE_DIR) / folder)) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path());
    plans.push_back({.name = folder + "/" + entry.path().filename().string(),
                     .text = std::string(std::istreambuf_iterator<char>(file), {})});
  }
  return plans;
}

void expect_well_formed(const PlanFile& plan) {
  const auto parsed = model::parse_plan(plan.text, plan.name, cli::make_catalogue());
  ASSERT_TRUE(parsed.has_value()) << to_text(parsed.error());
  EXPECT_EQ("/" + parsed->name + ".toml", plan.name.substr(plan.name.rfind('/')))
      << "a plan has the name of its file";
}

TEST(Plans, OfCorrectSystemsAreWellFormed) {
  const auto plans = plans_in("ci/suites");
  EXPECT_GE(plans.size(), 4u);
  for (const PlanFile& plan : plans) expect_well_formed(plan);
}

TEST(Plans, OfPlantedBugsAreWellFormedAndSayWhatTheyExpect) {
  const auto plans = plans_in("ci/negative");
  EXPECT_GE(plans.size(), 17u);
  for (const PlanFile& plan : plans) {
    expect_well_formed(plan);
    EXPECT_THAT(plan.text, testing::StartsWith("# expect: invalid, ")) << plan.name;
  }
}

/// What a plan's opening comments say after this key, where they do.
std::string declared(const PlanFile& plan, const std::string& key) {
  const std::string opening = "# " + key + ": ";
  const std::size_t begin = plan.text.find(opening);
  if (begin == std::string::npos) return {};
  const std::size_t text = begin + opening.size();
  return plan.text.substr(text, plan.text.find('\n', text) - text);
}

TEST(Plans, OfProofsAreWellFormedAndNameBugsThatThereAre) {
  const auto plans = plans_in("ci/prove");
  EXPECT_GE(plans.size(), 6u);
  const model::Catalogue catalogue = cli::make_catalogue();
  for (const PlanFile& plan : plans) {
    expect_well_formed(plan);
    const auto parsed = model::parse_plan(plan.text, plan.name, catalogue);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->engine, "sim") << plan.name;
    const model::EntrySchema* system = model::find(catalogue.systems, parsed->system.name);
    for (const std::string& bug : base::split(declared(plan, "bugs"), ',')) {
      const std::string name(base::trim(bug));
      EXPECT_TRUE(name.empty() || model::find(system->parts, name) != nullptr)
          << plan.name << " names a bug that there is not: " << name;
    }
  }
}

}  // namespace
}  // namespace eris::ci
