#include "adapters/reference/node/log_format.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::node {
namespace {

using Batches = std::vector<std::vector<std::string>>;

/// A log in memory, with the length it had after each block.
struct WrittenLog {
  std::string bytes;
  std::vector<std::size_t> ends;
};

WrittenLog write_log(const core::Checkpoint& checkpoint, const Batches& batches) {
  WrittenLog log{.bytes = encode_checkpoint(checkpoint)};
  log.ends.push_back(log.bytes.size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    log.bytes += encode_records(i + 1, batches[i]);
    log.ends.push_back(log.bytes.size());
  }
  return log;
}

/// What must be recovered when the first `blocks` batches are whole.
core::Recovered expected(const core::Checkpoint& checkpoint, const Batches& batches,
                         std::size_t blocks) {
  core::Recovered recovered{.snapshot = checkpoint.snapshot, .records = checkpoint.records};
  for (std::size_t i = 0; i < blocks; ++i)
    recovered.records.insert(recovered.records.end(), batches[i].begin(), batches[i].end());
  return recovered;
}

const core::Checkpoint small_checkpoint{.snapshot = "state", .records = {"kept"}};
const Batches small_batches{{"one", "two"}, {""}, {"three"}};

RC_GTEST_PROP(LogFormat, ReadsBackWhatWasWritten,
              (std::string snapshot, std::vector<std::string> records, Batches batches)) {
  const core::Checkpoint checkpoint{.snapshot = snapshot, .records = records};
  const WrittenLog log = write_log(checkpoint, batches);
  const auto parsed = parse_log(log.bytes, "log");
  RC_ASSERT(parsed.has_value());
  const core::Recovered whole = expected(checkpoint, batches, batches.size());
  RC_ASSERT(parsed->recovered.snapshot == whole.snapshot);
  RC_ASSERT(parsed->recovered.records == whole.records);
  RC_ASSERT(parsed->next_sequence == batches.size() + 1);
  RC_ASSERT(parsed->valid_bytes == log.bytes.size());
  RC_ASSERT(parsed->torn_bytes == 0u);
}

TEST(LogFormat, CutAtEveryByteKeepsEveryWholeBlock) {
  const WrittenLog log = write_log(small_checkpoint, small_batches);
  for (std::size_t cut = log.ends[0]; cut <= log.bytes.size(); ++cut) {
    std::size_t whole = 0;
    while (whole + 1 < log.ends.size() && log.ends[whole + 1] <= cut) ++whole;
    const auto parsed = parse_log(std::string_view(log.bytes).substr(0, cut), "log");
    ASSERT_TRUE(parsed.has_value()) << "cut at byte " << cut;
    const core::Recovered kept = expected(small_checkpoint, small_batches, whole);
    EXPECT_EQ(parsed->recovered.records, kept.records) << "cut at byte " << cut;
    EXPECT_EQ(parsed->valid_bytes, log.ends[whole]) << "cut at byte " << cut;
    EXPECT_EQ(parsed->next_sequence, whole + 1) << "cut at byte " << cut;
  }
}

TEST(LogFormat, CutInsideTheCheckpointIsCorruption) {
  const WrittenLog log = write_log(small_checkpoint, small_batches);
  for (std::size_t cut = 0; cut < log.ends[0]; ++cut)
    EXPECT_FALSE(parse_log(std::string_view(log.bytes).substr(0, cut), "log").has_value()) << cut;
}

TEST(LogFormat, EveryFlippedBitIsNoticed) {
  const WrittenLog log = write_log(small_checkpoint, small_batches);
  const std::size_t last_block = log.ends[log.ends.size() - 2];
  for (std::size_t bit = 0; bit < log.bytes.size() * 8; ++bit) {
    std::string damaged = log.bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_log(damaged, "log");
    if (bit / 8 < last_block) {
      ASSERT_FALSE(parsed.has_value()) << "bit " << bit << " of a synced block";
      EXPECT_THAT(parsed.error().what, testing::HasSubstr("corrupted log"));
    } else {
      ASSERT_TRUE(parsed.has_value()) << "bit " << bit << " of the last block";
      EXPECT_EQ(parsed->valid_bytes, last_block);
      EXPECT_GT(parsed->torn_bytes, 0u);
    }
  }
}

TEST(LogFormat, ReservedZerosAreNotATornTail) {
  const WrittenLog log = write_log(small_checkpoint, small_batches);
  const auto parsed = parse_log(log.bytes + std::string(1000, '\0'), "log");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->torn_bytes, 0u);
  EXPECT_EQ(parsed->valid_bytes, log.bytes.size());
}

TEST(LogFormat, TornBlockBeforeReservedZerosIsCounted) {
  const WrittenLog log = write_log(small_checkpoint, small_batches);
  const std::string torn = encode_records(4, {"never acknowledged"}).substr(0, 50);
  const auto parsed = parse_log(log.bytes + torn + std::string(1000, '\0'), "log");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->torn_bytes, torn.size());
  EXPECT_EQ(parsed->valid_bytes, log.bytes.size());
}

TEST(LogFormat, MissingBlockInTheMiddleIsCorruption) {
  const std::string bytes = encode_checkpoint(small_checkpoint) + encode_records(2, {"late"});
  const auto parsed = parse_log(bytes, "data/log");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_THAT(base::to_text(parsed.error()), testing::HasSubstr("data/log at byte"));
}

}  // namespace
}  // namespace eris::node
