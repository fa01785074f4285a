#include "adapters/reference/node/beacons.hpp"

#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "adapters/reference/node/file_descriptor.hpp"
#include "adapters/reference/node/line_writer.hpp"

namespace eris::node {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

core::Beacon state(std::int64_t term, std::int64_t commit) {
  return {.fields = {{"term", term}, {"role", std::string("leader")}, {"commit", commit}}};
}

TEST(Beacons, AreOneLineOfJson) {
  core::Beacon beacon = state(3, 7);
  beacon.fields.emplace_back("healthy", true);
  EXPECT_EQ(to_json_line(beacon),
            R"({"beacon":{"term":3,"role":"leader","commit":7,"healthy":true}})");
}

TEST(Beacons, SurviveTextThatIsNotUtf8) {
  EXPECT_THAT(to_json_line({.fields = {{"role", std::string("\xff\n")}}}),
              testing::Not(testing::HasSubstr("\n")));
}

TEST(Beacons, SayAChangeOfTermAtOnceAndOfTheCommitIndexWithTheTick) {
  std::vector<std::string> said;
  Beacons beacons([&](std::string_view line) {
    said.emplace_back(line);
    return true;
  });
  beacons.observe(state(1, 1));
  beacons.observe(state(1, 2));
  beacons.observe(state(1, 3));
  EXPECT_THAT(said, SizeIs(1));
  beacons.tick();
  beacons.tick();
  EXPECT_THAT(said, ElementsAre(to_json_line(state(1, 1)), to_json_line(state(1, 3))));
  beacons.observe(state(2, 3));
  EXPECT_THAT(said, SizeIs(3));
}

TEST(Beacons, SayAgainWhatCouldNotBeTaken) {
  bool stalled = true;
  std::vector<std::string> said;
  Beacons beacons([&](std::string_view line) {
    if (!stalled) said.emplace_back(line);
    return !stalled;
  });
  beacons.observe(state(1, 1));
  stalled = false;
  beacons.tick();
  EXPECT_THAT(said, ElementsAre(to_json_line(state(1, 1))));
}

TEST(LineWriter, DropsLinesWhenTheReaderStalls) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  LineWriter writer(writing.get());
  std::uint64_t written = 0;
  while (writer.write(std::string(1000, 'x'))) ++written;
  EXPECT_GT(written, 0u);
  EXPECT_EQ(writer.dropped(), 1u);
  // Every line that was taken is whole.
  std::string bytes(written * 1001, '\0');
  EXPECT_EQ(::read(reading.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(bytes.back(), '\n');
}

TEST(LineWriter, CutsALineThatAPipeMightSplit) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  LineWriter writer(writing.get());
  EXPECT_TRUE(writer.write(std::string(10'000, 'x')));
  std::string bytes(10'000, '\0');
  EXPECT_EQ(::read(reading.get(), bytes.data(), bytes.size()), ssize_t{LineWriter::line_bytes_max});
}

}  // namespace
}  // namespace eris::node
