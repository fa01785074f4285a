// Every form of report against files that people approved. ERIS_REWRITE=1 writes them anew; look at
// the difference before it is committed.
#include "reports/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "reports/page.hpp"
#include "reports/summary.hpp"
#include "reports/testing/sample_runs.hpp"

namespace eris::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::SampleRun;

void expect_approved(const std::string& actual, const std::string& name) {
  const auto path = std::filesystem::path(ERIS_SOURCE_DIR) / "reports" / "testdata" / name;
  if (std::getenv("ERIS_REWRITE") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << name << " is missing; ERIS_REWRITE=1 writes it";
  const std::string approved{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(actual, approved) << "ERIS_REWRITE=1 approves the new text";
}

/// How a plan is spelled is the business of the model and of its own tests.
std::string without_plan(const std::string& json) {
  auto report = nlohmann::ordered_json::parse(json);
  report["run"]["plan"] = "(the plan)";
  return report.dump(2) + "\n";
}

/// The section of this id, a tag a line.
std::string section(const std::string& html, const std::string& id) {
  const std::size_t from = html.find("<section id=\"" + id + "\"");
  if (from == std::string::npos) return "(no section " + id + ")\n";
  const std::string found = html.substr(from, html.find("</section>", from) - from) + "</section>";
  std::string lines;
  for (std::size_t i = 0; i < found.size(); ++i) {
    lines += found[i];
    if (found[i] == '>' && i + 1 < found.size() && found[i + 1] == '<') lines += '\n';
  }
  return lines + "\n";
}

TEST(TextReport, MatchesWhatWasApproved) {
  expect_approved(to_plain_text(testing::valid_run().input()), "valid.approved.txt");
  expect_approved(to_plain_text(testing::stale_read_run().input()), "stale_read.approved.txt");
  expect_approved(to_plain_text(testing::unknown_run().input()), "unknown.approved.txt");
  expect_approved(to_plain_text(testing::vacuous_run().input()), "vacuous.approved.txt");
  expect_approved(to_plain_text(testing::environment_run().input()), "environment.approved.txt");
}

TEST(TextReport, StaysShortHoweverMuchHappened) {
  const SampleRun run = testing::large_run(2'000, false);
  const std::string text = to_plain_text(run.input());
  EXPECT_LE(std::ranges::count(text, '\n'), 40);
}

TEST(TextReport, EndsWithTheCommandThatReproducesIt) {
  const SampleRun run = testing::stale_read_run();
  const std::string text = to_plain_text(run.input());
  EXPECT_TRUE(text.ends_with(run.reproduce + "\n")) << text;
}

TEST(TextReport, HostileTextCannotBreakALine) {
  const std::string text = to_plain_text(testing::hostile_run().input());
  EXPECT_THAT(text, Not(HasSubstr("\x01")));
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
}

TEST(JsonReport, MatchesWhatWasApproved) {
  expect_approved(without_plan(to_json(testing::stale_read_run().input())),
                  "stale_read.approved.json");
  expect_approved(without_plan(to_json(testing::vacuous_run().input())), "vacuous.approved.json");
}

TEST(JsonReport, HostileTextStaysJson) {
  const auto report = nlohmann::json::parse(to_json(testing::hostile_run().input()));
  EXPECT_EQ(report["findings"][0]["witness"][0]["argument"],
            "</script><script>window.pwned=2</script><!--");
}

TEST(JunitReport, MatchesWhatWasApproved) {
  expect_approved(to_junit(testing::valid_run().input()), "valid.approved.xml");
  expect_approved(to_junit(testing::stale_read_run().input()), "stale_read.approved.xml");
  expect_approved(to_junit(testing::unknown_run().input()), "unknown.approved.xml");
}

TEST(JunitReport, NoCheckerAtAllIsAnError) {
  SampleRun run = testing::valid_run();
  run.judgement = model::judge({});
  EXPECT_THAT(to_junit(run.input()), HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
}

TEST(JunitReport, HostileTextStaysText) {
  const std::string xml = to_junit(testing::hostile_run().input());
  EXPECT_THAT(xml, Not(HasSubstr("<img")));
  EXPECT_THAT(xml, Not(HasSubstr("<script")));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
}

TEST(HtmlReport, ItsWordsAndTablesMatchWhatWasApproved) {
  const std::string html = to_html(testing::stale_read_run().input());
  std::string parts;
  for (const char* id : {"findings", "story", "faults", "cluster", "checks", "reproduce"})
    parts += section(html, id);
  expect_approved(parts, "stale_read.approved.html");
}

TEST(HtmlReport, NeedsNothingFromOutside) {
  const std::string html = to_html(testing::valid_run().input());
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("src=\"http")));
  EXPECT_THAT(html, Not(HasSubstr("href=\"http")));
  EXPECT_THAT(html, HasSubstr("The MIT License (MIT)")) << "uPlot's notice goes along";
}

TEST(HtmlReport, HostileTextOpensNoElement) {
  const std::string html = to_html(testing::hostile_run().input());
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<script>window.pwned")));
  EXPECT_THAT(html, HasSubstr("{{data}}")) << "a name that looks like a placeholder stays a name";
}

TEST(HtmlReport, ALongRunIsThinnedButKeepsWhatFailedAndItsWitness) {
  const SampleRun run = testing::large_run(8'000, true);
  const Summary summary = summarize(run.input());
  const auto data = nlohmann::json::parse(page::data(run.input(), summary, 1'000));
  const auto& operations = data["operations"];
  const std::vector<std::size_t> kept = operations["number"];
  EXPECT_LT(kept.size(), 1'800u);
  EXPECT_EQ(operations["total"], run.history.operations.size());
  for (std::size_t i = 0; i < run.history.operations.size(); ++i) {
    const bool must_stay = run.history.operations[i].status != model::Status::ok;
    EXPECT_TRUE(!must_stay || std::ranges::binary_search(kept, i)) << "operation " << i;
  }
  const auto& steps = data["findings"][0]["steps"];
  for (std::size_t step = 0; step < steps.size(); ++step)
    EXPECT_EQ(kept[steps[step][0].get<std::size_t>()],
              summary.findings[0].finding.witness[step].operation);
}

}  // namespace
}  // namespace eris::reports
