#include "adapters/reference/node/log_file.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/node/log_format.hpp"
#include "harness/base/testing/scratch_directory.hpp"

namespace eris::node {
namespace {

using base::testing::ScratchDirectory;
using testing::ElementsAre;
using testing::HasSubstr;

LogFile::Opened open_log(const std::filesystem::path& directory) {
  auto opened = LogFile::open({.directory = directory});
  EXPECT_TRUE(opened.has_value()) << base::to_text(opened.error());
  return *std::move(opened);
}

void append_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::app | std::ios::binary) << bytes;
}

TEST(LogFile, IsEmptyAtFirst) {
  const ScratchDirectory directory;
  const LogFile::Opened opened = open_log(directory.path());
  EXPECT_EQ(opened.recovered.snapshot, "");
  EXPECT_THAT(opened.recovered.records, ElementsAre());
}

TEST(LogFile, GivesBackRecordsAfterReopening) {
  const ScratchDirectory directory;
  for (const std::string record : {"one", "two", "three"}) {
    LogFile::Opened opened = open_log(directory.path());
    ASSERT_TRUE(opened.file.append({record}).has_value());
  }
  EXPECT_THAT(open_log(directory.path()).recovered.records, ElementsAre("one", "two", "three"));
}

TEST(LogFile, CheckpointReplacesEverythingBeforeIt) {
  const ScratchDirectory directory;
  {
    LogFile::Opened opened = open_log(directory.path());
    ASSERT_TRUE(opened.file.append({"old"}).has_value());
    ASSERT_TRUE(opened.file.replace({.snapshot = "state", .records = {"kept"}}).has_value());
    ASSERT_TRUE(opened.file.append({"new"}).has_value());
  }
  const LogFile::Opened opened = open_log(directory.path());
  EXPECT_EQ(opened.recovered.snapshot, "state");
  EXPECT_THAT(opened.recovered.records, ElementsAre("kept", "new"));
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "log.new"));
}

TEST(LogFile, IgnoresACheckpointThatWasNotFinished) {
  const ScratchDirectory directory;
  {
    LogFile::Opened opened = open_log(directory.path());
    ASSERT_TRUE(opened.file.append({"kept"}).has_value());
  }
  append_bytes(directory.path() / "log.new", "half a checkpoint");
  EXPECT_THAT(open_log(directory.path()).recovered.records, ElementsAre("kept"));
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "log.new"));
}

TEST(LogFile, CutsATornEndAndSaysHowMuch) {
  const ScratchDirectory directory;
  std::uintmax_t whole = 0;
  {
    LogFile::Opened opened = open_log(directory.path());
    ASSERT_TRUE(opened.file.replace({.snapshot = "state", .records = {}}).has_value());
    whole = std::filesystem::file_size(directory.path() / "log");
  }
  append_bytes(directory.path() / "log", encode_records(1, {"never acknowledged"}).substr(0, 45));
  LogFile::Opened opened = open_log(directory.path());
  EXPECT_THAT(opened.remark, HasSubstr("cut off 45 bytes"));
  EXPECT_EQ(std::filesystem::file_size(directory.path() / "log"), whole);
  ASSERT_TRUE(opened.file.append({"next"}).has_value());
}

RC_GTEST_PROP(LogFile, GoesOnAfterACutAtAnyByte, (std::vector<std::string> records)) {
  const ScratchDirectory directory;
  {
    LogFile::Opened opened = open_log(directory.path());
    for (const std::string& record : records) RC_ASSERT(opened.file.append({record}).has_value());
  }
  const std::filesystem::path log = directory.path() / "log";
  const auto start = encode_checkpoint({}).size();
  const auto length = std::filesystem::file_size(log);
  std::filesystem::resize_file(log, *rc::gen::inRange<std::uintmax_t>(start, length + 1));
  std::vector<std::string> expected;
  {
    LogFile::Opened opened = open_log(directory.path());
    expected = opened.recovered.records;
    RC_ASSERT(expected.size() <= records.size());
    RC_ASSERT(std::equal(expected.begin(), expected.end(), records.begin()));
    RC_ASSERT(opened.file.append({"after the crash"}).has_value());
  }
  expected.push_back("after the crash");
  RC_ASSERT(open_log(directory.path()).recovered.records == expected);
}

TEST(LogFile, RefusesACorruptedLogWithoutTouchingIt) {
  const ScratchDirectory directory;
  {
    LogFile::Opened opened = open_log(directory.path());
    ASSERT_TRUE(opened.file.append({"first"}).has_value());
    ASSERT_TRUE(opened.file.append({"second"}).has_value());
  }
  const std::filesystem::path log = directory.path() / "log";
  const auto length = std::filesystem::file_size(log);
  {
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(encode_checkpoint({}).size() + block_header_bytes + 9));
    file.put('!');
  }
  const auto opened = LogFile::open({.directory = directory.path()});
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(base::to_text(opened.error()), HasSubstr("corrupted log"));
  EXPECT_EQ(std::filesystem::file_size(log), length);
}

TEST(LogFile, RefusesADirectoryInUse) {
  const ScratchDirectory directory;
  const LogFile::Opened opened = open_log(directory.path());
  const auto second = LogFile::open({.directory = directory.path()});
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(base::to_text(second.error()), HasSubstr("in use by another process"));
}

TEST(LogFile, RefusesADirectoryThatIsNotThere) {
  const ScratchDirectory directory;
  const auto opened = LogFile::open({.directory = directory.path() / "missing"});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, base::ErrorKind::environment);
}

}  // namespace
}  // namespace eris::node
