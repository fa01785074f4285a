#include "harness/sim/network.hpp"

#include <gtest/gtest.h>

namespace eris::sim {
namespace {

using base::NodeId;
using namespace std::chrono_literals;

const model::Link link{NodeId(1), NodeId(2)};
const model::Link back{NodeId(2), NodeId(1)};

Arrivals carry(Network& network, base::Instant now, const std::string& text = "m") {
  std::string message = text;
  return network.carry(now, link, message);
}

TEST(SimNetwork, DeliversInOrderWithoutQuirks) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  base::Instant last{};
  for (int i = 0; i < 1'000; ++i) {
    const Arrivals arrivals = carry(network, i * 10us);
    ASSERT_EQ(arrivals.count, 1u);
    EXPECT_GE(arrivals.at[0], last);
    EXPECT_GT(arrivals.at[0], i * 10us);
    last = arrivals.at[0];
  }
}

TEST(SimNetwork, LosesRepeatsAndReordersAsOftenAsItsQuirksSay) {
  const Quirks quirks{.lost = {200'000}, .repeated = {200'000}, .reordered = {200'000}};
  Network network(base::Rng(1), quirks);
  int lost = 0, repeated = 0, overtaken = 0;
  base::Instant latest{};
  for (int i = 0; i < 10'000; ++i) {
    const Arrivals arrivals = carry(network, i * 1ms);
    lost += arrivals.count == 0 ? 1 : 0;
    repeated += arrivals.count == 2 ? 1 : 0;
    if (arrivals.count == 0) continue;
    overtaken += arrivals.at[0] < latest ? 1 : 0;
    latest = std::max(latest, arrivals.at[0]);
  }
  EXPECT_NEAR(lost, 2'000, 200);
  EXPECT_NEAR(repeated, 1'600, 200);
  EXPECT_GT(overtaken, 500);
}

TEST(SimNetwork, ForgetsWhatWasUnderWayFromAndToAMachineThatIsGone) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  network.clog({back});
  std::string held = "held";
  (void)network.carry(0ns, back, held);
  const Arrivals there = carry(network, 0ns);
  std::string between_others = "m";
  const model::Link elsewhere{NodeId(3), NodeId(2)};
  const Arrivals others = network.carry(0ns, elsewhere, between_others);
  network.close_connections_of(NodeId(1));
  EXPECT_FALSE(network.is_open(link, there.connection));
  EXPECT_TRUE(network.is_open(elsewhere, others.connection));
  EXPECT_TRUE(network.unclog(back).empty());
  EXPECT_TRUE(network.is_open(link, carry(network, 1ms).connection));
}

TEST(SimNetwork, LetsCopiesFallAsFarBehindAsItsQuirksSay) {
  const Quirks quirks{.repeated = {1'000'000}, .overtaken_max = 800ms};
  Network network(base::Rng(1), quirks);
  base::Duration furthest{};
  for (int i = 0; i < 1'000; ++i) {
    const Arrivals arrivals = carry(network, i * 1s);
    furthest = std::max(furthest, arrivals.at[1] - arrivals.at[0]);
  }
  EXPECT_GT(furthest, 700ms);
  EXPECT_LE(furthest, 800ms);
}

TEST(SimNetwork, DropsOnACutLinkOneWayOnly) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  network.cut({link});
  EXPECT_EQ(carry(network, 1ms).count, 0u);
  EXPECT_EQ(network.counts(link).dropped, 1u);
  std::string message = "m";
  EXPECT_EQ(network.carry(1ms, back, message).count, 1u);
  network.heal({link});
  EXPECT_EQ(carry(network, 2ms).count, 1u);
}

TEST(SimNetwork, HoldsAndReleasesInOrder) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  network.clog({link});
  EXPECT_EQ(carry(network, 1ms, "a").count, 0u);
  EXPECT_EQ(carry(network, 2ms, "b").count, 0u);
  EXPECT_EQ(network.unclog(link), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(carry(network, 3ms).count, 1u);
}

TEST(SimNetwork, ClosesTheConnectionOfACorruptedMessage) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  const Arrivals before = carry(network, 1ms);
  EXPECT_TRUE(network.is_open(link, before.connection));
  network.degrade({link}, {.corrupt_ppm = 1'000'000});
  EXPECT_EQ(carry(network, 1ms).count, 0u);
  EXPECT_FALSE(network.is_open(link, before.connection));
  EXPECT_EQ(network.counts(link).corrupted, 1u);
  network.restore({link});
  EXPECT_TRUE(network.is_open(link, carry(network, 2ms).connection));
}

TEST(SimNetwork, CountsWhatBadLinksDo) {
  const Quirks quirks;
  Network network(base::Rng(1), quirks);
  network.degrade(
      {link},
      {.loss_ppm = 300'000, .duplicate_ppm = 300'000, .reorder_ppm = 300'000, .delay = 10ms});
  base::Duration longest{};
  for (int i = 0; i < 1'000; ++i) {
    const Arrivals arrivals = carry(network, i * 1s);
    if (arrivals.count > 0) longest = std::max(longest, arrivals.at[0] - i * 1s);
  }
  EXPECT_NEAR(static_cast<double>(network.counts(link).lost), 300, 60);
  EXPECT_NEAR(static_cast<double>(network.counts(link).repeated), 210, 60);
  EXPECT_NEAR(static_cast<double>(network.counts(link).reordered), 210, 60);
  EXPECT_GT(longest, 15ms);
}

}  // namespace
}  // namespace eris::sim
