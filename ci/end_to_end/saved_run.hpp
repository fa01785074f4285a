// A run directory as its reader sees it: the report in JSON, and the files beside it.
// Thread rule: plain value.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace eris::end_to_end {

class SavedRun {
 public:
  /// Reads report.json; a test failure where it is missing or malformed.
  explicit SavedRun(std::filesystem::path directory);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] const nlohmann::json& report() const { return report_; }
  [[nodiscard]] std::string verdict() const;
  /// How often each fault struck, by name: those whose outcome is "took effect", with evidence.
  [[nodiscard]] std::map<std::string, int> faults_with_evidence() const;
  /// Operations of the first witness; 0 where there is none.
  [[nodiscard]] std::size_t witness_size() const;
  [[nodiscard]] std::size_t operations() const;
  /// Files that every judged run has and that are not there, or are empty.
  [[nodiscard]] std::vector<std::string> missing_files() const;

 private:
  std::filesystem::path directory_;
  nlohmann::json report_;
};

}  // namespace eris::end_to_end
