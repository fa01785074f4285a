#include "adapters/reference/node/frames.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::node {
namespace {

std::string stream_of(const std::vector<std::string>& payloads) {
  std::string stream;
  for (const std::string& payload : payloads) append_frame(stream, payload);
  return stream;
}

/// Feeds `stream` in pieces of `piece_bytes` and takes whatever comes out.
std::vector<std::string> read_in_pieces(FrameReader& reader, std::string_view stream,
                                        std::size_t piece_bytes) {
  std::vector<std::string> read;
  for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
    reader.feed(stream.substr(at, piece_bytes));
    for (auto next = reader.next(); next && *next; next = reader.next()) read.emplace_back(**next);
  }
  return read;
}

TEST(Checksum, IsCrc32c) {
  EXPECT_EQ(checksum({"123456789"}), 0xE3069283u);  // the check value of the CRC catalogue
  EXPECT_EQ(checksum({""}), 0u);
}

TEST(Checksum, DoesNotDependOnHowTheBytesAreParted) {
  EXPECT_EQ(checksum({"12345", "", "6789"}), checksum({"123456789"}));
}

RC_GTEST_PROP(Frames, SurviveAnyCutOfTheStream, (std::vector<std::string> payloads)) {
  const auto piece_bytes = *rc::gen::inRange<std::size_t>(1, 64);
  FrameReader reader(1 << 20);
  RC_ASSERT(read_in_pieces(reader, stream_of(payloads), piece_bytes) == payloads);
  RC_ASSERT(reader.waiting_bytes() == 0u);
}

RC_GTEST_PROP(Frames, NeverHandOutADamagedPayload, (std::vector<std::string> payloads)) {
  RC_PRE(!payloads.empty());
  std::string stream = stream_of(payloads);
  const auto bit = *rc::gen::inRange<std::size_t>(0, stream.size() * 8);
  stream[bit / 8] = static_cast<char>(stream[bit / 8] ^ (1 << (bit % 8)));
  FrameReader reader(1 << 20);
  const std::vector<std::string> read = read_in_pieces(reader, stream, stream.size());
  RC_ASSERT(read.size() < payloads.size());
  RC_ASSERT(std::equal(read.begin(), read.end(), payloads.begin()));
}

TEST(Frames, JoinHeadAndTail) {
  std::string joined;
  append_frame(joined, "head", "tail");
  EXPECT_EQ(joined, stream_of({"headtail"}));
}

TEST(Frames, RefuseAFrameLongerThanAllowedBeforeItArrives) {
  FrameReader reader(10);
  reader.feed(stream_of({"0123456789A"}).substr(0, frame_header_bytes));
  EXPECT_EQ(reader.next().error(), FrameFault::too_long);
}

TEST(Frames, ReportAFaultForEver) {
  FrameReader reader(10);
  std::string stream = stream_of({"first", "second"});
  stream[frame_header_bytes] = 'F';
  reader.feed(stream);
  EXPECT_EQ(reader.next().error(), FrameFault::bad_checksum);
  EXPECT_EQ(reader.next().error(), FrameFault::bad_checksum);
}

}  // namespace
}  // namespace eris::node
