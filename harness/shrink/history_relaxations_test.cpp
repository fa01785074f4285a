#include "harness/shrink/history_relaxations.hpp"

#include <gtest/gtest.h>

namespace eris::shrink {
namespace {

namespace function = model::function;
using model::Status;
using model::Value;

model::Operation operation(model::Function what, Status status, Value argument, Value result = {}) {
  model::Operation made;
  made.function = what;
  made.status = status;
  made.argument = std::move(argument);
  made.result = std::move(result);
  return made;
}

/// One key, and these operations one after another.
model::History history_of(std::vector<model::Operation> operations) {
  model::History history;
  history.keys = {Value("x")};
  model::EventIndex next = 0;
  for (model::Operation& each : operations) {
    each.invoked = next++;
    if (each.status != Status::info) each.completed = next++;
    history.operations.push_back(std::move(each));
  }
  return history;
}

TEST(HistoryRelaxations, LeaveOutWhatChangedNothing) {
  const auto history = history_of({operation(function::read, Status::ok, {}, Value(1)),
                                   operation(function::write, Status::fail, Value(2))});
  EXPECT_TRUE(relax(history, 0, 2).history.operations.empty());
}

TEST(HistoryRelaxations, NeverLeaveOutAnAcknowledgedWrite) {
  const auto history = history_of({operation(function::write, Status::ok, Value(1))});
  const Relaxed relaxed = relax(history, 0, 1);
  ASSERT_EQ(relaxed.history.operations.size(), 1u);
  EXPECT_EQ(relaxed.history.operations[0].status, Status::info);
  EXPECT_EQ(relaxed.history.operations[0].completed, model::never);
}

TEST(HistoryRelaxations, LeaveOutAnUnansweredWriteThatNobodySaw) {
  const auto history = history_of({operation(function::write, Status::info, Value(1)),
                                   operation(function::read, Status::ok, {}, Value(2))});
  EXPECT_EQ(relax(history, 0, 1).history.operations.size(), 1u);
}

TEST(HistoryRelaxations, KeepAnUnansweredWriteThatSomebodySaw) {
  for (const model::Operation& seen :
       {operation(function::read, Status::ok, {}, Value(1)),
        operation(function::cas, Status::ok, Value(Value::List{Value(1), Value(3)})),
        operation(function::append, Status::ok, Value("a")),
        operation(function::cas, Status::fail, Value(Value::List{Value(5), Value(6)}))}) {
    const auto history = history_of({operation(function::write, Status::info, Value(1)), seen});
    EXPECT_EQ(relax(history, 0, 1).relaxed, 0u) << model::to_text(seen.argument);
  }
}

model::Operation cas(Status status, int expected, int value) {
  return operation(function::cas, status, Value(Value::List{Value(expected), Value(value)}));
}

TEST(HistoryRelaxations, LeaveOutAChainOfUnansweredComparisonsThatEndsInNothingSeen) {
  const auto history =
      history_of({operation(function::write, Status::info, Value(1)), cas(Status::info, 1, 2),
                  cas(Status::info, 2, 3), operation(function::read, Status::ok, {}, Value(4))});
  EXPECT_EQ(relax(history, 0, 3).history.operations.size(), 1u);
}

TEST(HistoryRelaxations, KeepAChainOfUnansweredComparisonsThatLedToWhatWasSeen) {
  for (const model::Operation& seen :
       {operation(function::read, Status::ok, {}, Value(3)), cas(Status::ok, 3, 9)}) {
    const auto history = history_of({operation(function::write, Status::info, Value(1)),
                                     cas(Status::info, 2, 3), cas(Status::info, 1, 2), seen});
    EXPECT_EQ(relax(history, 0, 3).relaxed, 0u) << model::to_text(seen.argument);
  }
}

TEST(HistoryRelaxations, TouchNothingOutsideTheirRange) {
  const auto history = history_of({operation(function::read, Status::ok, {}, Value(1)),
                                   operation(function::read, Status::ok, {}, Value(2)),
                                   operation(function::read, Status::ok, {}, Value(3))});
  const auto left = relax(history, 1, 2).history.operations;
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(left[0].result, Value(1));
  EXPECT_EQ(left[1].result, Value(3));
}

TEST(HistoryRelaxations, LeaveOutAnElementWithAllThatWasDoneToIt) {
  const auto list = [](std::initializer_list<int> items) {
    Value::List values;
    for (const int item : items) values.emplace_back(item);
    return Value(std::move(values));
  };
  const auto history = history_of({operation(function::add, Status::ok, Value(1)),
                                   operation(function::add, Status::info, Value(2)),
                                   operation(function::contains, Status::ok, Value(2), Value(true)),
                                   operation(function::enqueue, Status::ok, Value(3)),
                                   operation(function::dequeue, Status::ok, {}, Value(2)),
                                   operation(function::dequeue, Status::ok, {}, {}),
                                   operation(function::read, Status::ok, {}, list({1, 2, 3}))});
  EXPECT_EQ(elements_of(history), (std::vector{Value(1), Value(2), Value(3)}));
  const auto left = without_elements(history, {Value(2)}).operations;
  ASSERT_EQ(left.size(), 4u);
  EXPECT_EQ(left[0].argument, Value(1));
  EXPECT_EQ(left[1].argument, Value(3));
  EXPECT_TRUE(left[2].result.is_nil()) << "it was empty, and is so with less in it";
  EXPECT_EQ(left[3].result, list({1, 3}));
}

}  // namespace
}  // namespace eris::shrink
