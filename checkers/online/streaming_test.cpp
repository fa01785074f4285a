// The follower on long runs: what it holds on to does not depend on how long they are.
// ERIS_STREAM_OPERATIONS sets how many operations a run has; 36,000,000 are an hour.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "checkers/online/follower.hpp"
#include "checkers/online/testing/stream.hpp"

namespace eris::checkers::online {
namespace {

using testing::Stream;
using testing::StreamOptions;
namespace function = model::function;

std::uint64_t operations_or(std::uint64_t otherwise) {
  const char* const asked = std::getenv("ERIS_STREAM_OPERATIONS");
  return asked == nullptr ? otherwise : std::strtoull(asked, nullptr, 10);
}

/// The most of each that was seen at a time.
struct Most {
  Holdings held;
  std::size_t keys = 0;

  void take(const Course& course) {
    const Holdings& now = course.holdings;
    held.acts = std::max(held.acts, now.acts);
    held.clusters = std::max(held.clusters, now.clusters);
    held.unseen = std::max(held.unseen, now.unseen);
    held.configurations = std::max(held.configurations, now.configurations);
    held.bytes = std::max(held.bytes, now.bytes);
    keys = std::max(keys, course.keys);
  }
};

std::string shown(const Most& most) {
  return std::to_string(most.keys) + " keys, " + std::to_string(most.held.acts) + " acts, " +
         std::to_string(most.held.clusters) + " clusters, " + std::to_string(most.held.unseen) +
         " unseen, " + std::to_string(most.held.configurations) + " configurations, " +
         std::to_string(most.held.bytes) + " bytes";
}

/// Streams a correct run. What is held in its last half must be no more than what was held in the
/// first, but for a little that chance may add.
void expect_bounded(const StreamOptions& stream_options, FollowerOptions options,
                    std::uint64_t operations) {
  constexpr std::uint64_t samples = 400;
  Stream stream(stream_options);
  options.functions = stream_options.functions;
  Follower follower(*find_object(stream_options.object), options);
  Most first, last;
  for (std::uint64_t sample = 0; sample < samples; ++sample) {
    stream.tell(follower, operations / samples);
    ASSERT_FALSE(follower.violation()) << follower.violation()->sentence;
    (sample < samples / 2 ? first : last).take(follower.course());
  }
  const Course course = follower.course();
  std::printf("%llu operations; first half at most %s; second half at most %s; %llu keys retired\n",
              static_cast<unsigned long long>(course.operations), shown(first).c_str(),
              shown(last).c_str(), static_cast<unsigned long long>(course.keys_retired));
  EXPECT_EQ(course.keys_given_up, 0u) << course.remarks.front();
  EXPECT_EQ(course.operations_unfollowed, 0u);
  EXPECT_EQ(course.taken_for_unknown, 0u);
  EXPECT_LE(last.held.acts, first.held.acts * 3 / 2 + 100);
  EXPECT_LE(last.held.clusters, first.held.clusters * 3 / 2 + 20);
  EXPECT_LE(last.held.unseen, first.held.unseen * 3 / 2 + 100);
  EXPECT_LE(last.held.configurations, first.held.configurations * 3 / 2 + 50);
  EXPECT_LE(last.held.bytes, first.held.bytes * 3 / 2 + (1u << 16));
  stream.go_stale();
  stream.tell(follower, 10'000);
  follower.catch_up();
  EXPECT_TRUE(follower.violation().has_value()) << "and it still sees";
}

TEST(Streaming, RegistersByZonesHoldWhatIsOpenAndNoMore) {
  expect_bounded({.clients = 25, .keys = 5}, {}, operations_or(2'000'000));
}

TEST(Streaming, UnknownOutcomesGoWithTheirKeys) {
  expect_bounded({.clients = 25,
                  .keys = 5,
                  .operations_per_key = 2000,
                  .unknown_outcomes = 0.01,
                  .stalls = 0.0001},
                 {.keys_max = 64}, operations_or(600'000));
}

TEST(Streaming, RegistersOfFewValuesGoThroughTheSearch) {
  expect_bounded({.clients = 10, .keys = 5, .values = 5, .stalls = 0.0001}, {},
                 operations_or(200'000));
}

TEST(Streaming, KeyValueStoresGoThroughTheSearch) {
  expect_bounded({.object = "key-value",
                  .functions = {function::read, function::write, function::cas, function::remove},
                  .clients = 10,
                  .keys = 20,
                  .operations_per_key = 500,
                  .unknown_outcomes = 0.003},
                 {.keys_max = 64}, operations_or(200'000));
}

// More dequeues than enqueues, so that the queue is short, and often found empty.
const std::vector<model::Function> queue_functions{
    function::enqueue, function::enqueue, function::dequeue, function::dequeue, function::dequeue};

TEST(Streaming, QueuesHoldWhatIsInThemAndWhatIsOpenAndNoMore) {
  expect_bounded(
      {.object = "queue", .functions = queue_functions, .clients = 25, .keys = 2, .stalls = 0.0001},
      {}, operations_or(400'000));
}

TEST(Streaming, SetsHoldTheirElements) {
  expect_bounded({.object = "grow-only-set",
                  .functions = {function::add, function::read},
                  .clients = 25,
                  .keys = 5,
                  .operations_per_key = 200,
                  .unknown_outcomes = 0.01,
                  .stalls = 0.0001},
                 {.keys_max = 64}, operations_or(200'000));
}

TEST(Streaming, QueuesHoldUnknownOutcomesUntilTheyAreSettled) {
  expect_bounded({.object = "queue",
                  .functions = queue_functions,
                  .clients = 25,
                  .keys = 5,
                  .operations_per_key = 2000,
                  .unknown_outcomes = 0.01,
                  .stalls = 0.0001},
                 {.keys_max = 64}, operations_or(400'000));
}

TEST(Streaming, CountersGoThroughTheSearch) {
  expect_bounded({.object = "key-value",
                  .functions = {function::read, function::increment},
                  .clients = 10,
                  .keys = 10},
                 {}, operations_or(200'000));
}

}  // namespace
}  // namespace eris::checkers::online
