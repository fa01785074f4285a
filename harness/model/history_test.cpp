#include "harness/model/history.hpp"

#include <gtest/gtest.h>

namespace eris::model {
namespace {

using base::Instant;
using base::ProcessId;

Op write(std::uint64_t process, std::int64_t value, std::string_view key = "x") {
  return {ProcessId(process), function::write, Value(key), Value(value)};
}

Op read(std::uint64_t process, std::string_view key = "x") {
  return {ProcessId(process), function::read, Value(key), Value()};
}

/// A builder that gives each event the next index, and ten nanoseconds to each.
class Timeline {
 public:
  base::Result<void> try_add(auto what) {
    const Event event{.index = next_, .time = Instant(10 * next_), .what = std::move(what)};
    ++next_;
    return builder_.add(event);
  }
  Timeline& add(auto what) {
    const auto added = try_add(std::move(what));
    EXPECT_TRUE(added) << base::to_text(added.error());
    return *this;
  }
  History finish() { return builder_.finish(); }

 private:
  HistoryBuilder builder_;
  EventIndex next_ = 0;
};

TEST(History, OperationsTakeLessThanTwoHundredBytes) {
  EXPECT_LT(sizeof(Operation), 200u);
}

TEST(History, JoinsEachAnswerToItsRequest) {
  const History history = Timeline()
                              .add(Invoked{write(1, 5)})
                              .add(Invoked{read(2)})
                              .add(Completed{read(2), {Status::ok, Value(5), ""}})
                              .add(Completed{write(1, 5), {Status::ok, Value(), ""}})
                              .finish();
  ASSERT_EQ(history.operations.size(), 2u);
  const Operation& first = history.operations[0];
  EXPECT_EQ(first.function, function::write);
  EXPECT_EQ(first.invoked, 0u);
  EXPECT_EQ(first.completed, 3u);
  EXPECT_EQ(first.completed_at, Instant(30));
  EXPECT_EQ(first.argument, Value(5));
  const Operation& second = history.operations[1];
  EXPECT_EQ(second.status, Status::ok);
  EXPECT_EQ(second.result, Value(5));
  EXPECT_EQ(second.completed, 2u);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(history.key_of(second), Value("x"));
  EXPECT_EQ(history.events, 4u);
  EXPECT_EQ(history.end, Instant(30));
}

TEST(History, HoldsEachKeyAndErrorOnce) {
  Timeline timeline;
  for (std::uint64_t process = 0; process < 4; ++process) {
    timeline.add(Invoked{write(process, 1, process % 2 == 0 ? "x" : "y")});
    timeline.add(Completed{write(process, 1, process % 2 == 0 ? "x" : "y"),
                           {Status::fail, Value(), "refused"}});
  }
  const History history = timeline.finish();
  EXPECT_EQ(history.keys, (std::vector<Value>{Value("x"), Value("y")}));
  EXPECT_EQ(history.errors, (std::vector<std::string>{"", "refused"}));
  for (const Operation& operation : history.operations)
    EXPECT_EQ(history.error_of(operation), "refused");
}

TEST(History, AnUnknownOutcomeNeverCompletes) {
  const History history = Timeline()
                              .add(Invoked{write(1, 5)})
                              .add(Completed{write(1, 5), {Status::info, Value(), "timeout"}})
                              .add(Note{"end"})
                              .finish();
  EXPECT_EQ(history.operations[0].completed, never);
  EXPECT_EQ(history.operations[0].completed_at, Instant(10));
  EXPECT_EQ(history.error_of(history.operations[0]), "timeout");
  EXPECT_TRUE(history.finished);
}

TEST(History, WhatIsOpenAtTheEndIsUnknown) {
  const History history = Timeline().add(Invoked{write(1, 5)}).add(Note{"load"}).finish();
  EXPECT_EQ(history.operations[0].status, Status::info);
  EXPECT_EQ(history.operations[0].completed, never);
  EXPECT_EQ(history.operations[0].completed_at, Instant(10));
  EXPECT_FALSE(history.finished);
}

TEST(History, KeepsFaultsNodesAndNotesOnTheTimeline) {
  const History history = Timeline()
                              .add(Note{"setup"})
                              .add(NodeEvent{base::NodeId(2), "ready", {}})
                              .add(FaultEvent{.fault = 7, .name = "kill"})
                              .finish();
  ASSERT_EQ(history.notes.size(), 1u);
  ASSERT_EQ(history.nodes.size(), 1u);
  ASSERT_EQ(history.faults.size(), 1u);
  EXPECT_EQ(history.nodes[0].index, 1u);
  EXPECT_EQ(history.faults[0].time, Instant(20));
  EXPECT_EQ(history.faults[0].event.fault, 7u);
}

std::string refusal(Timeline& timeline, auto what) {
  const auto added = timeline.try_add(std::move(what));
  return added ? "accepted" : base::to_text(added.error());
}

TEST(History, RefusesASecondRequestOfABusyProcess) {
  Timeline timeline;
  timeline.add(Invoked{write(1, 5)});
  EXPECT_EQ(refusal(timeline, Invoked{read(1)}),
            "process 1 invokes 'read' although it still awaits its 'write' of index 0");
}

TEST(History, RefusesARequestOfAProcessWithAnUnknownOutcome) {
  Timeline timeline;
  timeline.add(Invoked{write(1, 5)});
  timeline.add(Completed{write(1, 5), {Status::info, Value(), "timeout"}});
  EXPECT_EQ(refusal(timeline, Invoked{read(1)}),
            "process 1 invokes 'read' although nobody knows what came of its 'write' of index 0");
  EXPECT_EQ(refusal(timeline, Completed{write(1, 5), {Status::ok, Value(), ""}}),
            "process 1 completes 'write', which it does not await");
}

TEST(History, RefusesAnAnswerWithoutARequest) {
  Timeline timeline;
  EXPECT_EQ(refusal(timeline, Completed{read(3), {Status::ok, Value(1), ""}}),
            "process 3 completes 'read', which it does not await");
}

TEST(History, RefusesAnAnswerToAnotherRequest) {
  Timeline timeline;
  timeline.add(Invoked{write(1, 5)});
  EXPECT_EQ(refusal(timeline, Completed{write(1, 6), {Status::ok, Value(), ""}}),
            "process 1 completes 'write \"x\" 6' but had invoked 'write \"x\" 5'");
  EXPECT_EQ(refusal(timeline, Completed{write(1, 5, "y"), {Status::ok, Value(), ""}}),
            "process 1 completes 'write \"y\" 5' but had invoked 'write \"x\" 5'");
}

TEST(History, RefusesIndicesThatDoNotAscend) {
  HistoryBuilder builder;
  ASSERT_TRUE(builder.add({.index = 4, .what = Note{"a"}}));
  EXPECT_TRUE(builder.add({.index = 7, .what = Note{"gaps are fine"}}));
  const auto added = builder.add({.index = 7, .what = Note{"b"}});
  ASSERT_FALSE(added);
  EXPECT_EQ(base::to_text(added.error()), "index 7 does not ascend: 7 came before it");
}

TEST(History, BuilderIsEmptyAfterwards) {
  HistoryBuilder builder;
  ASSERT_TRUE(builder.add({.index = 4, .what = Invoked{read(1)}}));
  EXPECT_EQ(builder.finish().operations.size(), 1u);
  ASSERT_TRUE(builder.add({.index = 0, .what = Invoked{read(1)}}));
  EXPECT_EQ(builder.finish().operations.size(), 1u);
}

TEST(History, ShowsOperationsInWords) {
  const Op cas{ProcessId(3), function::cas, Value("x"), Value(Value::List{Value(1), Value(2)})};
  const Op on_everything{ProcessId(4), function::read, Value(), Value()};
  const History history = Timeline()
                              .add(Invoked{read(1)})
                              .add(Completed{read(1), {Status::ok, Value(5), ""}})
                              .add(Invoked{read(1)})
                              .add(Completed{read(1), {Status::ok, Value(), ""}})
                              .add(Invoked{cas})
                              .add(Completed{cas, {Status::fail, Value(7), "mismatch"}})
                              .add(Invoked{write(1, 9)})
                              .add(Completed{write(1, 9), {Status::ok, Value(), ""}})
                              .add(Invoked{on_everything})
                              .finish();
  std::vector<std::string> shown;
  for (const Operation& operation : history.operations)
    shown.push_back(to_text(history, operation));
  EXPECT_EQ(shown, (std::vector<std::string>{
                       "process 1 read \"x\" → 5 [ok]",
                       "process 1 read \"x\" → nil [ok]",
                       "process 3 cas \"x\" [1 2] → 7 [fail: mismatch]",
                       "process 1 write \"x\" 9 [ok]",
                       "process 4 read [info]",
                   }));
}

}  // namespace
}  // namespace eris::model
