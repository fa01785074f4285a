#include "ci/end_to_end/saved_run.hpp"

#include <system_error>
#include <utility>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"

namespace eris::end_to_end {

SavedRun::SavedRun(std::filesystem::path directory)
    : directory_(std::move(directory)),
      report_(nlohmann::json::parse(read(directory_ / "report.json"), nullptr, false)) {
  EXPECT_TRUE(report_.is_object()) << "report.json is missing or malformed in " << directory_;
  if (!report_.is_object()) report_ = nlohmann::json::object();
}

std::string SavedRun::verdict() const {
  return report_.value("verdict", "");
}

std::map<std::string, int> SavedRun::faults_with_evidence() const {
  std::map<std::string, int> count;
  const auto faults = report_.value("faults", nlohmann::json::array());
  for (const auto& fault : faults)
    if (fault.value("outcome", "") == "took effect" &&
        !fault.value("evidence", nlohmann::json::object()).empty())
      ++count[fault.value("name", "")];
  return count;
}

std::size_t SavedRun::witness_size() const {
  const auto findings = report_.value("findings", nlohmann::json::array());
  if (findings.empty()) return 0;
  return findings.front().value("witness", nlohmann::json::array()).size();
}

std::size_t SavedRun::operations() const {
  std::size_t sum = 0;
  const auto counts = report_.value("operations", nlohmann::json::object());
  for (const auto& count : counts) sum += count.get<std::size_t>();
  return sum;
}

std::vector<std::string> SavedRun::missing_files() const {
  std::vector<std::string> missing;
  for (const char* name : {"plan.toml", "journal.jsonl", "results.json", "report.html",
                           "report.txt", "report.json", "junit.xml"}) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(directory_ / name, problem);
    if (problem || size == 0) missing.emplace_back(name);
  }
  return missing;
}

}  // namespace eris::end_to_end
