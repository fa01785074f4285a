#include "harness/cli/run_directory.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace eris::cli {

namespace fs = std::filesystem;

namespace {

base::Result<void> make_directory(const fs::path& path) {
  std::error_code problem;
  fs::create_directories(path, problem);
  if (problem)
    return base::environment_error(
        fmt::format("cannot create the run directory: {}", problem.message()), path.string(),
        "choose another place with --out");
  return {};
}

// A convenience for people; a run is none the worse for lacking it.
void point_latest_at(const fs::path& directory) {
  const fs::path link = directory.parent_path() / "latest";
  std::error_code ignored;
  if (fs::is_symlink(link, ignored)) fs::remove(link, ignored);
  fs::create_directory_symlink(directory.filename(), link, ignored);
}

base::Result<RunDirectory> create_below_runs(const model::Plan& plan) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string stem =
      fmt::format("{:%Y%m%dT%H%M%SZ}-{}-{}", fmt::gmtime(now), plan.name, plan.seed);
  const fs::path parent = fs::absolute("eris-runs");
  ERIS_CHECK_OK(make_directory(parent));
  // Two runs may start in the same second; create_directory tells who came first.
  for (int attempt = 1; attempt <= 1000; ++attempt) {
    const fs::path path = parent / (attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt));
    std::error_code problem;
    if (fs::create_directory(path, problem)) {
      point_latest_at(path);
      return RunDirectory{path};
    }
    if (problem)
      return base::environment_error(
          fmt::format("cannot create the run directory: {}", problem.message()), path.string(),
          "choose another place with --out");
  }
  return base::environment_error("too many runs began in this second", parent.string(),
                                 "choose a place with --out");
}

}  // namespace

base::Result<RunDirectory> create_run_directory(const std::string& asked, const model::Plan& plan) {
  if (asked.empty()) return create_below_runs(plan);
  const RunDirectory directory{fs::absolute(asked)};
  std::error_code ignored;
  if (fs::exists(directory.journal(), ignored))
    return base::usage_error("this directory already holds a run", directory.path.string(),
                             "name another with --out, or remove it; recorded runs are never "
                             "overwritten");
  ERIS_CHECK_OK(make_directory(directory.path));
  return directory;
}

base::Result<fs::path> find_journal(const fs::path& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem)) {
    const fs::path journal = RunDirectory{path}.journal();
    if (fs::exists(journal, problem)) return journal;
    return base::usage_error("this directory holds no journal.jsonl", path.string(),
                             "name a run directory (eris-runs/…) or a journal file");
  }
  if (fs::exists(path, problem)) return path;
  return base::usage_error("no such file or directory", path.string(),
                           "name a run directory (eris-runs/…) or a journal file");
}

base::Result<fs::path> find_history(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored) && !fs::exists(RunDirectory{path}.journal(), ignored))
    for (const char* name : {"history.edn", "history.txt", "jepsen.log"})
      if (fs::exists(path / name, ignored)) return path / name;
  return find_journal(path);
}

base::Result<void> write_file(const fs::path& path, std::string_view text) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "w"), close);
  if (!file) return base::system_error("cannot write this file", errno, path.string());
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0)
    return base::system_error("cannot write this file", errno, path.string(),
                              "free some space; the journal beside it holds everything recorded");
  return {};
}

base::Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::usage_error("cannot read this file", path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace eris::cli
