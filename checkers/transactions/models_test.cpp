#include "checkers/transactions/models.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::checkers::transactions {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Models left_by(std::string_view anomaly) {
  return Models::all() - ruled_out_by(anomaly);
}

TEST(Models, EachModelRulesOutWhatIsStronger) {
  EXPECT_TRUE(at_least(Model::read_uncommitted) == Models::all());
  EXPECT_TRUE(at_least(Model::strict_serializable) == Models{Model::strict_serializable});
  EXPECT_TRUE(at_least(Model::snapshot_isolation).has(Model::serializable));
  EXPECT_FALSE(at_least(Model::snapshot_isolation).has(Model::repeatable_read));
}

TEST(Models, WriteSkewLeavesSnapshotIsolation) {
  EXPECT_THAT(strongest(left_by("G2-item")), ElementsAre(Model::strong_snapshot_isolation));
}

TEST(Models, ALongForkLeavesParallelSnapshotIsolation) {
  EXPECT_THAT(strongest(left_by("G-nonadjacent")),
              UnorderedElementsAre(Model::strong_read_committed, Model::transactional_causal,
                                   Model::parallel_snapshot_isolation));
}

TEST(Models, AStaleReadLeavesSessionsAndSerializability) {
  EXPECT_THAT(
      strongest(left_by("G-single-realtime")),
      UnorderedElementsAre(Model::strong_read_committed, Model::strong_session_serializable));
}

TEST(Models, AnAbortedReadLeavesReadUncommitted) {
  EXPECT_THAT(strongest(left_by("G1a")), ElementsAre(Model::read_uncommitted));
}

TEST(Models, ADirtyWriteLeavesNothing) {
  EXPECT_TRUE(left_by("G0").empty());
  EXPECT_TRUE(left_by("duplicate elements").empty());
}

TEST(Models, HaveNamesThatAreFoundAgain) {
  for (std::size_t i = 0; i < model_count; ++i) {
    const auto model = static_cast<Model>(i);
    EXPECT_EQ(find_model(name_of(model)), model);
    EXPECT_FALSE(summary_of(model).empty());
    EXPECT_FALSE(explanation_of(model).empty());
  }
  EXPECT_EQ(find_model("perfect"), std::nullopt);
}

}  // namespace
}  // namespace eris::checkers::transactions
