// Holds the source tree to the direction of dependency that ARCHITECTURE.md draws.
//
// CMake's targets enforce it between libraries that link; this scan enforces it for headers, which
// link nothing, and keeps the operating system out of the parts that must stay pure.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace eris::ci {
namespace {

namespace fs = std::filesystem;

struct Rule {
  std::string folder;                ///< applies to files below it; the longest match counts
  std::vector<std::string> may_use;  ///< folders whose headers it may include, beside its own
  bool pure;                         ///< no OS, thread or clock header
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all{
      {"harness/base", {}, true},
      {"harness/model", {"harness/base"}, true},
      {"harness/journal", {"harness/base", "harness/model"}, false},
      {"harness/formats", {"harness/base", "harness/model", "harness/journal"}, false},
      {"harness/core", {"harness/base"}, true},
      {"harness/run",
       {"harness/base", "harness/model", "harness/journal", "workloads", "faults"},
       true},
      {"harness/shrink", {"harness/base", "harness/model"}, true},
      {"harness/sim",
       {"harness/base", "harness/core", "harness/model", "harness/run",
        "adapters/simulated_system.hpp", "adapters/pure_client.hpp"},
       true},
      {"harness/live",
       {"harness/base", "harness/model", "harness/run", "adapters/adapter.hpp"},
       false},
      {"harness/cli", {""}, false},
      {"workloads", {"harness/base", "harness/model"}, true},
      {"faults", {"harness/base", "harness/model"}, true},
      {"checkers", {"harness/base", "harness/model"}, true},
      // Evidence is checked by other means than it was found with.
      {"checkers/certificates", {"harness/base", "harness/model", "checkers/objects"}, true},
      {"reports", {"harness/base", "harness/model"}, true},
      {"adapters", {"harness/base", "harness/core", "harness/model"}, false},
      {"adapters/reference/kv", {"harness/base", "harness/core"}, true},
      {"adapters/reference/bugs", {"harness/base"}, true},
      {"adapters/reference/leader", {"harness/base"}, true},
      {"adapters/reference/testing",
       {"harness/base", "harness/core", "adapters/reference/kv"},
       true},
      {"adapters/reference/raft",
       {"harness/base", "harness/core", "adapters/reference/bugs", "adapters/reference/kv",
        "adapters/reference/leader"},
       true},
      {"adapters/reference/paxos",
       {"harness/base", "harness/core", "adapters/reference/bugs", "adapters/reference/kv",
        "adapters/reference/leader"},
       true},
      {"adapters/reference/client",
       {"harness/base", "harness/model", "adapters/pure_client.hpp", "adapters/reference/kv"},
       true},
      {"adapters/reference/client/network",
       {"harness/base", "adapters/adapter.hpp", "adapters/pure_client.hpp",
        "adapters/reference/node"},
       false},
      {"adapters/reference/simulated",
       {"harness/base", "harness/core", "adapters/simulated_system.hpp", "adapters/reference/kv"},
       true},
      {"adapters/reference/raft/simulated",
       {"harness/base", "harness/core", "harness/model", "adapters/simulated_system.hpp",
        "adapters/reference/client", "adapters/reference/kv", "adapters/reference/raft",
        "adapters/reference/simulated"},
       true},
      {"adapters/reference/paxos/simulated",
       {"harness/base", "harness/core", "harness/model", "adapters/simulated_system.hpp",
        "adapters/reference/client", "adapters/reference/kv", "adapters/reference/paxos",
        "adapters/reference/simulated"},
       true},
      {"adapters/reference/process",
       {"harness/base", "harness/model", "adapters/adapter.hpp", "adapters/program.hpp",
        "adapters/reference/bugs", "adapters/reference/client", "adapters/reference/kv",
        "adapters/reference/node"},
       false},
      {"adapters/reference/raft/process",
       {"harness/base", "harness/core", "harness/model", "adapters/adapter.hpp",
        "adapters/reference/node", "adapters/reference/process", "adapters/reference/raft"},
       false},
      {"adapters/reference/paxos/process",
       {"harness/base", "harness/core", "harness/model", "adapters/adapter.hpp",
        "adapters/reference/node", "adapters/reference/paxos", "adapters/reference/process"},
       false},
      {"adapters/reference/quorum",
       {"harness/base", "harness/core", "adapters/reference/bugs", "adapters/reference/kv"},
       true},
      {"adapters/reference/quorum/client",
       {"harness/base", "harness/model", "adapters/pure_client.hpp",
        "adapters/reference/client/endings.hpp", "adapters/reference/client/values.hpp",
        "adapters/reference/quorum"},
       true},
      {"adapters/reference/quorum/simulated",
       {"harness/base", "harness/core", "harness/model", "adapters/simulated_system.hpp",
        "adapters/reference/quorum"},
       true},
      {"adapters/reference/quorum/process",
       {"harness/base", "harness/core", "harness/model", "adapters/adapter.hpp",
        "adapters/program.hpp", "adapters/reference/client", "adapters/reference/node",
        "adapters/reference/process", "adapters/reference/quorum"},
       false},
      {"adapters/reference/node", {"harness/base", "harness/core"}, false},
  };
  return all;
}

bool is_test(const fs::path& file) {
  return file.stem().string().ends_with("_test") ||
         file.string().find("/testing/") != std::string::npos ||
         file.stem().string().starts_with("test_");
}

const Rule* rule_for(const std::string& file) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules())
    if (file.starts_with(rule.folder + "/") &&
        (best == nullptr || rule.folder.size() > best->folder.size()))
      best = &rule;
  return best;
}

bool is_world_header(const std::string& header) {
  static const std::vector<std::string> banned{
      "thread",  "mutex",   "condition_variable", "future",  "semaphore",
      "barrier", "latch",   "stop_token",         "csignal", "signal.h",
      "ctime",   "time.h",  "unistd.h",           "fcntl.h", "random",
      "poll.h",  "sched.h", "pthread.h",          "fstream", "filesystem"};
  return std::ranges::find(banned, header) != banned.end() || header.starts_with("sys/") ||
         header.starts_with("linux/") || header.starts_with("netlink/") ||
         header.starts_with("boost/asio") || header.starts_with("boost/process");
}

struct Inclusion {
  std::string file;
  int line;
  std::string header;
  bool ours;
};

std::vector<Inclusion> inclusions() {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  const fs::path root = ERIS_SOURCE_DIR;
  std::vector<Inclusion> found;
  for (const char* folder : {"harness", "adapters", "checkers", "faults", "workloads", "reports"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".hpp" && extension != ".cpp") continue;
      const fs::path file = fs::relative(entry.path(), root);
      std::ifstream text(entry.path());
      std::string line;
      for (int number = 1; std::getline(text, line); ++number) {
        std::smatch match;
        if (std::regex_search(line, match, pattern))
          found.push_back({file.string(), number, match[2], match[1] == "\""});
      }
    }
  }
  return found;
}

TEST(IncludeScan, EveryFolderUsesOnlyWhatStandsAboveIt) {
  std::size_t seen = 0;
  for (const Inclusion& inclusion : inclusions()) {
    if (!inclusion.ours || is_test(inclusion.file)) continue;
    ++seen;
    const Rule* rule = rule_for(inclusion.file);
    ASSERT_NE(rule, nullptr) << inclusion.file << " stands in a folder without a rule";
    const bool allowed = inclusion.header.starts_with(rule->folder + "/") ||
                         std::ranges::any_of(rule->may_use, [&](const std::string& folder) {
                           return folder.empty() || inclusion.header == folder ||
                                  inclusion.header.starts_with(folder + "/");
                         });
    EXPECT_TRUE(allowed) << inclusion.file << ":" << inclusion.line << ": " << rule->folder
                         << " must not include " << inclusion.header;
  }
  EXPECT_GT(seen, 50u) << "the scan found too few includes to mean anything";
}

TEST(IncludeScan, PurePartsDoNotTouchTheWorld) {
  for (const Inclusion& inclusion : inclusions()) {
    if (inclusion.ours || is_test(inclusion.file)) continue;
    const Rule* rule = rule_for(inclusion.file);
    ASSERT_NE(rule, nullptr);
    EXPECT_FALSE(rule->pure && is_world_header(inclusion.header))
        << inclusion.file << ":" << inclusion.line << ": " << rule->folder
        << " must stay pure and not include <" << inclusion.header << ">";
  }
}

TEST(IncludeScan, NobodyIncludesTheCommandLine) {
  for (const Inclusion& inclusion : inclusions()) {
    EXPECT_FALSE(inclusion.header.starts_with("harness/cli/") &&
                 !inclusion.file.starts_with("harness/cli/"))
        << inclusion.file << ":" << inclusion.line;
  }
}

}  // namespace
}  // namespace eris::ci
