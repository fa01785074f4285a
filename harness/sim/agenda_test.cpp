#include "harness/sim/agenda.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::sim {
namespace {

TEST(Agenda, HasNothingDueAtFirst) {
  EXPECT_FALSE(Agenda().due().has_value());
}

RC_GTEST_PROP(Agenda, GivesWhatIsEarliestAndOfEqualTimesWhatWasPutDownFirst, ()) {
  struct Entry {
    int at;
    std::uint64_t order;
  };
  Agenda agenda;
  std::vector<Entry> twin;
  std::uint64_t order = 0;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-3, 10));
  for (const int step : steps) {
    if (step >= 0) {
      agenda.add(base::Instant(step), TimerDue{.node = {}, .setting = order});
      twin.push_back({step, order++});
      continue;
    }
    if (twin.empty()) continue;
    const auto first = std::ranges::min_element(
        twin, {}, [](const Entry& entry) { return std::pair(entry.at, entry.order); });
    RC_ASSERT(agenda.due() == base::Instant(first->at));
    RC_ASSERT(std::get<TimerDue>(agenda.take()).setting == first->order);
    twin.erase(first);
  }
}

}  // namespace
}  // namespace eris::sim
