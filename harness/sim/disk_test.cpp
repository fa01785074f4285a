#include "harness/sim/disk.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::sim {
namespace {

using model::DiskTrouble;

const Quirks none;

Disk disk_with(std::uint64_t seed) {
  return Disk(base::Rng(seed), none, [](const DurableAction&) {});
}

void append(Disk& disk, const std::string& record) {
  disk.submit(core::Append{record});
}

void sync(Disk& disk) {
  ASSERT_TRUE(disk.begin_sync().has_value());
  ASSERT_TRUE(disk.end_sync().has_value());
}

std::vector<std::string> recovered(Disk& disk, bool takes_torn = false) {
  const auto content = disk.open(takes_torn);
  EXPECT_TRUE(content.has_value());
  return content ? content->records : std::vector<std::string>{};
}

TEST(SimDisk, SyncsWhatWaitedWhenTheSyncBegan) {
  Disk disk = disk_with(1);
  append(disk, "a");
  const auto first = disk.begin_sync();
  append(disk, "b");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->up_to, 1u);
  EXPECT_FALSE(disk.begin_sync().has_value()) << "one is under way";
  ASSERT_TRUE(disk.end_sync().has_value());
  EXPECT_EQ(disk.content().records, std::vector<std::string>{"a"});
  EXPECT_TRUE(disk.has_unsynced());
}

TEST(SimDisk, ReplacesEverythingByACheckpoint) {
  Disk disk = disk_with(1);
  append(disk, "a");
  disk.submit(core::Checkpoint{"snapshot", {"b"}});
  append(disk, "c");
  sync(disk);
  EXPECT_EQ(disk.content().snapshot, "snapshot");
  EXPECT_EQ(disk.content().records, (std::vector<std::string>{"b", "c"}));
}

TEST(SimDisk, KeepsAPrefixOfWhatWasNotSyncedWhenTheProcessDies) {
  std::set<std::vector<std::string>> seen;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Disk disk = disk_with(seed);
    append(disk, "a");
    sync(disk);
    append(disk, "b");
    append(disk, "c");
    disk.process_died();
    seen.insert(recovered(disk));
  }
  EXPECT_EQ(seen, (std::set<std::vector<std::string>>{{"a"}, {"a", "b"}, {"a", "b", "c"}}));
}

TEST(SimDisk, LosesAllThatWasNotSyncedWithThePower) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Disk disk = disk_with(seed);
    append(disk, "a");
    sync(disk);
    append(disk, "b");
    static_cast<void>(disk.begin_sync());
    disk.power_lost();
    EXPECT_EQ(recovered(disk), std::vector<std::string>{"a"});
  }
}

TEST(SimDisk, LeavesATornRecordThatOnlyACarelessProcessTakes) {
  std::set<bool> torn;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Disk disk = disk_with(seed);
    append(disk, "record");
    disk.power_lost();
    const auto records = recovered(disk, true);
    torn.insert(!records.empty());
    if (records.empty()) continue;
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records.front().size(), 6u);
    EXPECT_NE(records.front(), "record");
    EXPECT_EQ(records.front().back(), '\0');
  }
  EXPECT_EQ(torn, (std::set<bool>{false, true}));
}

TEST(SimDisk, ReportsAnErrorWhereItIsFullOrFailing) {
  for (const DiskTrouble trouble : {DiskTrouble::full, DiskTrouble::failing}) {
    Disk disk = disk_with(1);
    disk.set_trouble(trouble);
    append(disk, "a");
    ASSERT_TRUE(disk.begin_sync().has_value());
    EXPECT_FALSE(disk.end_sync().has_value());
    EXPECT_EQ(disk.durable(), 0u);
  }
}

TEST(SimDisk, TakesLongerWhereItIsSlow) {
  Disk disk = disk_with(1);
  append(disk, "a");
  disk.set_trouble(DiskTrouble::slow);
  EXPECT_GT(disk.begin_sync()->takes, std::chrono::milliseconds(40));
  EXPECT_EQ(disk.slow_syncs(), 1u);
}

TEST(SimDisk, IsDamagedOnlyBehindItsLastBlockAndThenRefused) {
  Disk disk = disk_with(1);
  EXPECT_FALSE(disk.damage(DiskTrouble::corrupted)) << "nothing is on it";
  append(disk, "a");
  sync(disk);
  EXPECT_FALSE(disk.damage(DiskTrouble::misdirected)) << "the last block has no other behind it";
  ASSERT_TRUE(disk.damage(DiskTrouble::corrupted));
  const auto content = disk.open(false);
  ASSERT_FALSE(content.has_value());
  EXPECT_EQ(content.error().what, "block 0 of 2 does not have its checksum");
  disk.wipe();
  EXPECT_TRUE(recovered(disk).empty());
}

RC_GTEST_PROP(SimDisk, NeverLosesWhatItSaidIsDurable, (std::uint64_t seed)) {
  Disk disk = disk_with(seed);
  std::vector<std::string> promised;
  std::vector<std::string> submitted;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5))) {
    if (step <= 1) {
      submitted.push_back(std::to_string(submitted.size()));
      append(disk, submitted.back());
    } else if (step == 2) {
      if (disk.begin_sync()) RC_ASSERT(disk.end_sync().has_value());
      promised = submitted;
    } else {
      if (step == 3)
        disk.process_died();
      else
        disk.power_lost();
      submitted = disk.open(false)->records;
      RC_ASSERT(submitted.size() >= promised.size());
      RC_ASSERT(std::equal(promised.begin(), promised.end(), submitted.begin()));
      promised = submitted;
    }
  }
}

}  // namespace
}  // namespace eris::sim
