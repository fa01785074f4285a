#include "adapters/reference/node/durable_log.hpp"

#include <csignal>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "adapters/reference/node/file_descriptor.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/testing/eventually.hpp"
#include "harness/base/testing/scratch_directory.hpp"

namespace eris::node {
namespace {

using base::testing::eventually;
using base::testing::ScratchDirectory;

DurableLog::Opened open_log(const std::filesystem::path& directory) {
  auto opened = DurableLog::open({.directory = directory});
  EXPECT_TRUE(opened.has_value()) << base::to_text(opened.error());
  return *std::move(opened);
}

std::vector<DurableLog::Action> appends(const std::vector<std::string>& records) {
  std::vector<DurableLog::Action> actions;
  for (const std::string& record : records) actions.emplace_back(core::Append{record});
  return actions;
}

/// Waits for the log's signal.
bool signalled(const DurableLog& log) {
  pollfd wait{.fd = log.wake_descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&wait, 1, 10'000) == 1;
}

TEST(DurableLog, ReportsEachActionOnceDurableInOrder) {
  const ScratchDirectory directory;
  {
    const DurableLog::Opened opened = open_log(directory.path());
    auto actions = appends({"one", "two"});
    actions.emplace_back(core::Checkpoint{.snapshot = "state", .records = {"kept"}});
    actions.emplace_back(core::Append{"three"});
    opened.log->submit(std::move(actions));
    ASSERT_TRUE(eventually([&] { return opened.log->durable() == 4; }));
    EXPECT_TRUE(signalled(*opened.log));
    EXPECT_EQ(opened.log->waiting_bytes(), 0u);
  }
  const DurableLog::Opened opened = open_log(directory.path());
  EXPECT_EQ(opened.recovered.snapshot, "state");
  EXPECT_EQ(opened.recovered.records, (std::vector<std::string>{"kept", "three"}));
}

TEST(DurableLog, CloseFinishesWhatWasSubmitted) {
  const ScratchDirectory directory;
  std::vector<std::string> records(1000, "record");
  {
    const DurableLog::Opened opened = open_log(directory.path());
    opened.log->submit(appends(records));
    opened.log->close();
    EXPECT_EQ(opened.log->durable(), 1000u);
  }
  EXPECT_EQ(open_log(directory.path()).recovered.records, records);
}

TEST(DurableLog, StopsForGoodWhenTheDiskRefuses) {
  const ScratchDirectory directory;
  const DurableLog::Opened opened = open_log(directory.path());
  // The checkpoint cannot create log.new where a directory of that name stands.
  std::filesystem::create_directory(directory.path() / "log.new");
  std::vector<DurableLog::Action> actions;
  actions.emplace_back(core::Checkpoint{});
  actions.emplace_back(core::Append{"after"});
  opened.log->submit(std::move(actions));
  ASSERT_TRUE(signalled(*opened.log));
  EXPECT_TRUE(opened.log->failure().has_value());
  EXPECT_EQ(opened.log->durable(), 0u);
}

/// What the child of the kill test does: appends numbered records, now and then a checkpoint that
/// holds the numbers so far, and tells through `report` how many numbers are durable.
[[noreturn]] void write_until_killed(const std::filesystem::path& directory, int report) {
  DurableLog::Opened opened = open_log(directory);
  std::uint64_t next =
      opened.recovered.snapshot.empty() ? 0 : std::stoull(opened.recovered.snapshot);
  next += opened.recovered.records.size();
  std::vector<std::pair<core::PersistCount, std::uint64_t>> submitted;  // action, numbers so far
  core::PersistCount actions_so_far = 0;
  while (true) {
    std::vector<DurableLog::Action> actions;
    for (int i = 0; i < 5; ++i) actions.emplace_back(core::Append{std::to_string(next++)});
    if (next % 35 == 0)
      actions.emplace_back(core::Checkpoint{.snapshot = std::to_string(next), .records = {}});
    actions_so_far += actions.size();
    submitted.emplace_back(actions_so_far, next);
    opened.log->submit(std::move(actions));
    const core::PersistCount durable = opened.log->durable();
    while (!submitted.empty() && submitted.front().first <= durable) {
      const std::uint64_t safe = submitted.front().second;
      if (::write(report, &safe, sizeof safe) != sizeof safe) _exit(2);
      submitted.erase(submitted.begin());
    }
    if (submitted.size() > 8) signalled(*opened.log);
  }
}

/// Lets a child write until it has reported `reports` times, kills it, and gives its last report.
std::uint64_t run_and_kill(const std::filesystem::path& directory, std::uint64_t reports) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe(ends), 0);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) write_until_killed(directory, writing.get());
  writing.reset();
  std::uint64_t safe = 0;
  for (std::uint64_t i = 0; i < reports; ++i)
    EXPECT_EQ(::read(reading.get(), &safe, sizeof safe), ssize_t{sizeof safe});
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  // What it still managed to say before it died counts too.
  while (::read(reading.get(), &safe, sizeof safe) == ssize_t{sizeof safe}) continue;
  return safe;
}

TEST(DurableLog, LosesNothingReportedWhenKilledAtAnyMoment) {
  const ScratchDirectory directory;
  base::Rng rng(20);
  for (int round = 0; round < 25; ++round) {
    const std::uint64_t safe = run_and_kill(directory.path(), 1 + rng.below(40));
    const DurableLog::Opened opened = open_log(directory.path());
    const std::uint64_t before =
        opened.recovered.snapshot.empty() ? 0 : std::stoull(opened.recovered.snapshot);
    for (std::size_t i = 0; i < opened.recovered.records.size(); ++i)
      ASSERT_EQ(opened.recovered.records[i], std::to_string(before + i)) << "round " << round;
    ASSERT_GE(before + opened.recovered.records.size(), safe) << "round " << round;
  }
}

}  // namespace
}  // namespace eris::node
