#include "checkers/assumptions/assumptions.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/assumptions/fault_effects.hpp"

namespace eris::checkers {
namespace {

using namespace std::chrono_literals;
using model::FaultPhase;
using model::Status;
using model::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

/// Writes a history event by event; times are milliseconds.
class Story {
 public:
  Story() { note(0, "setup"); }

  Story& plan(std::string fault, base::Duration start = 1s) {
    header_.plan.faults.push_back({.fault = {std::move(fault), {}}, .start = start, .every = 2s});
    return *this;
  }
  Story& note(int time, std::string text) { return add(time, model::Note{std::move(text)}); }
  Story& operation(int begin, int end, const model::Function& function, Status status) {
    const model::Op op{base::ProcessId(process_++), function, model::Value("x"), {}};
    add(begin, model::Invoked{op});
    return add(end, model::Completed{op, {status, {}, {}}});
  }
  Story& fault(int time, std::uint64_t number, const std::string& name, FaultPhase phase,
               bool took_effect = false, const std::string& reason = {}) {
    model::FaultEvent event{.fault = number, .name = name, .description = name, .phase = phase};
    event.evidence.took_effect = took_effect;
    if (!reason.empty()) event.evidence.facts.emplace_back("reason", model::Value(reason));
    return add(time, std::move(event));
  }
  /// All four phases, in force from `begin` to `end`.
  Story& injection(int begin, int end, std::uint64_t number, const std::string& name,
                   bool took_effect = true) {
    fault(begin, number, name, FaultPhase::decided);
    fault(begin, number, name, FaultPhase::applied, took_effect);
    fault(end, number, name, FaultPhase::reverting);
    return fault(end, number, name, FaultPhase::reverted, took_effect);
  }
  Story& add(int time, decltype(model::Event::what) what) {
    events_.push_back({events_.size(), std::chrono::milliseconds(time), std::move(what)});
    return *this;
  }

  model::CheckResult check(std::vector<model::Function> required = {model::function::read}) const {
    model::HistoryBuilder builder;
    builder.set_header(header_);
    for (const model::Event& event : events_)
      if (auto added = builder.add(event); !added) ADD_FAILURE() << base::to_text(added.error());
    return make_assumptions_checker(std::move(required))->check(builder.finish(), {});
  }

 private:
  model::Header header_;
  std::vector<model::Event> events_;
  std::uint64_t process_ = 0;
};

/// A run whose load has begun.
Story loading() {
  Story story;
  story.note(100, "load");
  return story;
}

Story& finish(Story& story) {
  return story.note(5'000, "heal").note(6'000, "end");
}

TEST(Assumptions, HoldWhenFunctionsSucceedAndFaultsTakeEffectUnderLoad) {
  Story story = loading().plan("partition");
  story.fault(1'000, 1, "partition", FaultPhase::decided)
      .fault(1'000, 1, "partition", FaultPhase::applied, true)
      .operation(1'500, 1'600, model::function::read, Status::ok)
      .fault(2'000, 1, "partition", FaultPhase::reverting)
      .fault(2'000, 1, "partition", FaultPhase::reverted, true);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(*model::find(result.statistics, "partition overlapped operations"), model::Value(1));
  EXPECT_EQ(*model::find(result.statistics, "partition took effect"), model::Value(1));
}

TEST(Assumptions, AreVacuousWhenARequiredFunctionNeverSucceeded) {
  Story story = loading();
  story.operation(200, 300, model::function::read, Status::ok)
      .operation(300, 400, model::function::cas, Status::fail)
      .operation(400, 500, model::function::cas, Status::info);
  const auto result =
      finish(story).check({model::function::read, model::function::cas, model::function::write});
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason, "no cas succeeded (2 tried); no write succeeded (0 tried)");
}

TEST(Assumptions, AreVacuousWhenNothingSucceeded) {
  Story story = loading();
  story.operation(200, 300, model::function::read, Status::info);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason, "no operation succeeded (1 tried)");
}

TEST(Assumptions, AreVacuousWhenNoPlannedFaultTookEffect) {
  Story story = loading().plan("partition");
  story.operation(200, 4'000, model::function::read, Status::ok)
      .injection(4'000, 4'500, 1, "partition", false);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason,
            "none of the planned faults took effect; "
            "partition never took effect (1 decided, 0 skipped, 0 failed)");
}

TEST(Assumptions, NameTheFaultThatNeverTookEffectAlthoughOthersDid) {
  Story story = loading().plan("kill").plan("pause");
  story.fault(1'000, 1, "pause", FaultPhase::skipped, false, "no leader is known")
      .fault(1'500, 2, "kill", FaultPhase::decided)
      .fault(1'500, 2, "kill", FaultPhase::applied, true)
      .operation(1'600, 1'700, model::function::read, Status::ok)
      .fault(2'000, 2, "kill", FaultPhase::reverting);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason,
            "pause never took effect (0 decided, 1 skipped, 0 failed, the last because no leader "
            "is known)");
}

TEST(Assumptions, OnlyMentionAFaultThatWasNeverDue) {
  Story story = loading().plan("kill").plan("pause", 4s);
  story.fault(1'500, 2, "kill", FaultPhase::decided)
      .fault(1'500, 2, "kill", FaultPhase::applied, true)
      .operation(1'600, 1'700, model::function::read, Status::ok)
      .fault(2'000, 2, "kill", FaultPhase::reverting);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("pause was not due before the load ended"));
}

TEST(Assumptions, DoNotExcuseAFaultThatWasDueAndLeftNoTrace) {
  Story story = loading().plan("kill", 1s);
  story.operation(200, 300, model::function::read, Status::ok);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_THAT(result.reason, HasSubstr("kill never took effect (it was never injected)"));
}

TEST(Assumptions, AreVacuousWhenEveryPlannedFaultWasDueTooLate) {
  Story story = loading().plan("kill", 1min);
  story.operation(200, 300, model::function::read, Status::ok);
  EXPECT_EQ(finish(story).check().verdict, Verdict::vacuous);
}

TEST(Assumptions, AreVacuousWhenNoOperationOverlappedTheFault) {
  Story story = loading().plan("partition");
  story.operation(200, 300, model::function::read, Status::ok)
      .injection(1'000, 2'000, 1, "partition")
      .operation(2'001, 2'100, model::function::read, Status::ok);
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason, "no operation ran while partition was in force");
}

TEST(Assumptions, TakeTheFinalEvidenceWhereTheFirstShowedNothing) {
  Story story = loading().plan("partition");
  story.fault(1'000, 1, "partition", FaultPhase::decided)
      .fault(1'000, 1, "partition", FaultPhase::applied, false)
      .operation(1'500, 1'600, model::function::read, Status::ok)
      .fault(2'000, 1, "partition", FaultPhase::reverting)
      .fault(2'000, 1, "partition", FaultPhase::reverted, true);
  EXPECT_EQ(finish(story).check().verdict, Verdict::valid);
}

TEST(Assumptions, AreVacuousWhenInterruptedBeforeAnyFault) {
  Story story = loading().plan("partition");
  story.operation(200, 300, model::function::read, Status::ok)
      .note(400, "interrupted")
      .note(400, "heal")
      .note(500, "end");
  const auto result = story.check();
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.reason,
            "the run was interrupted before any fault struck; "
            "partition was not due before the load ended");
}

TEST(Assumptions, DoNotVouchForAJournalThatEndsBeforeItsRun) {
  Story story = loading();
  story.operation(200, 300, model::function::read, Status::ok);
  const auto result = story.check();
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("the journal ends before the run did"));
  EXPECT_EQ(*model::find(result.statistics, "finished"), model::Value(false));
}

TEST(Assumptions, DoNotKnowWhenAnUnfinishedJournalHasNoSuccess) {
  EXPECT_EQ(loading().check().verdict, Verdict::unknown);
}

TEST(Assumptions, DoNotVouchForAClusterThatNeverServedAgain) {
  Story story = loading();
  story.operation(200, 300, model::function::read, Status::ok)
      .note(400,
            std::string(model::note::did_not_recover) + " within 30s of the quiet period's end");
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("did not serve again within 30s"));
}

TEST(Assumptions, DoNotVouchForNodesThatDiedOfTheirOwnAccord) {
  Story story = loading();
  story.operation(200, 300, model::function::read, Status::ok)
      .add(400, model::NodeEvent{base::NodeId(2), "exited", {{"unexpected", model::Value(true)}}});
  const auto result = finish(story).check();
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("nodes exited 1 time although no fault had killed them"));
  EXPECT_THAT(loading().check().reason, Not(HasSubstr("exited")));
}

RC_GTEST_PROP(FaultEffects, CountOverlapsAsTheirDefinitionDoes, ()) {
  struct Span {
    int begin;
    int end;
  };
  const auto spans = [](std::size_t count_max) {
    std::vector<Span> drawn;
    const auto count = *rc::gen::inRange<std::size_t>(0, count_max);
    for (std::size_t i = 0; i < count; ++i) {
      const int begin = *rc::gen::inRange(0, 100);
      drawn.push_back({begin, begin + *rc::gen::inRange(0, 30)});
    }
    return drawn;
  };
  const std::vector<Span> faults = spans(6);
  const std::vector<Span> operations = spans(12);
  model::History history;
  history.header.plan.faults.push_back({.fault = {"kill", {}}});
  std::uint64_t number = 0;
  for (const auto& [begin, end] : faults) {
    model::FaultEvent event{.fault = ++number, .name = "kill", .phase = FaultPhase::applied};
    event.evidence.took_effect = true;
    history.faults.push_back({0, base::Instant(begin), event});
    event.phase = FaultPhase::reverting;
    history.faults.push_back({0, base::Instant(end), event});
  }
  std::uint64_t expected = 0;
  for (const auto& [begin, end] : operations) {
    history.operations.push_back(
        {.invoked_at = base::Instant(begin), .completed_at = base::Instant(end)});
    expected +=
        std::ranges::any_of(
            faults, [&](const Span& fault) { return begin <= fault.end && fault.begin <= end; })
            ? 1
            : 0;
  }
  RC_ASSERT(assumptions::fault_effects(history).front().operations == expected);
}

}  // namespace
}  // namespace eris::checkers
