// Writes every sample run in every form into a folder, to be looked at:
//   eris_report_samples FOLDER
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "reports/testing/sample_runs.hpp"

namespace {

using namespace eris::reports;

bool write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "cannot write {}\n", path.string());
  return static_cast<bool>(file);
}

bool write_all(const std::filesystem::path& folder, const std::string& name,
               const testing::SampleRun& run) {
  const ReportInput input = run.input();
  return write(folder / (name + ".html"), to_html(input)) &&
         write(folder / (name + ".txt"), to_plain_text(input)) &&
         write(folder / (name + ".json"), to_json(input)) &&
         write(folder / (name + ".xml"), to_junit(input));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "usage: {} FOLDER\n", arguments[0]);
    return 64;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  const bool written = write_all(folder, "valid", testing::valid_run()) &&
                       write_all(folder, "stale_read", testing::stale_read_run()) &&
                       write_all(folder, "split_brain", testing::split_brain_run()) &&
                       write_all(folder, "unknown", testing::unknown_run()) &&
                       write_all(folder, "vacuous", testing::vacuous_run()) &&
                       write_all(folder, "environment", testing::environment_run()) &&
                       write_all(folder, "hostile", testing::hostile_run()) &&
                       write_all(folder, "large", testing::large_run(100'000, true));
  return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
