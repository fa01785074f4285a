#include "checkers/online/follower.hpp"

#include <map>
#include <string>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::checkers::online {
namespace {

using model::Status;
using model::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
namespace function = model::function;

/// A follower that is told of operations, an event each 100 µs.
class Told {
 public:
  explicit Told(const std::string& object, FollowerOptions options = {})
      : follower(*find_object(object), std::move(options)) {}

  void ask(std::uint64_t process, model::Function what, Value argument = {},
           Value key = Value("x")) {
    ops_[process] = {base::ProcessId(process), what, std::move(key), std::move(argument)};
    follower.invoked(ops_[process], index_, now());
    ++index_;
  }
  void answer(std::uint64_t process, Value result = {}, Status status = Status::ok) {
    follower.completed(ops_[process], {status, std::move(result), {}}, index_, now());
    ++index_;
  }
  void did(std::uint64_t process, model::Function what, Value argument = {}, Value result = {},
           Value key = Value("x")) {
    ask(process, what, std::move(argument), std::move(key));
    answer(process, std::move(result));
  }
  [[nodiscard]] base::Instant now() const { return std::chrono::microseconds(index_ * 100); }

  Follower follower;

 private:
  std::map<std::uint64_t, model::Op> ops_;
  model::EventIndex index_ = 0;
};

TEST(Follower, SeesAStaleReadWithTheAnswerThatCompletesItAndNamesTheOperations) {
  Told told("register");
  told.did(1, function::write, 1);
  told.did(1, function::write, 2);
  EXPECT_FALSE(told.follower.violation());
  told.did(2, function::read, {}, 1);
  ASSERT_TRUE(told.follower.violation());
  const model::Finding& finding = *told.follower.violation();
  EXPECT_EQ(finding.property, "linearizable");
  EXPECT_EQ(finding.key, Value("x"));
  EXPECT_THAT(finding.sentence, HasSubstr("key \"x\""));
  EXPECT_THAT(finding.sentence, HasSubstr("process 2's read"));
  std::vector<std::size_t> witness;
  for (const model::WitnessStep& step : finding.witness) witness.push_back(step.operation);
  EXPECT_THAT(witness, ElementsAre(0, 1, 2));
}

TEST(Follower, LooksAtWhatTheSearchFollowsAfterItsPatienceAndNotBefore) {
  Told told("key-value");
  told.did(1, function::write, 1);
  told.did(2, function::read, {}, 7);
  EXPECT_FALSE(told.follower.violation());
  told.follower.catch_up(told.now() + std::chrono::milliseconds(9));
  EXPECT_FALSE(told.follower.violation());
  told.follower.catch_up(told.now() + std::chrono::milliseconds(10));
  EXPECT_TRUE(told.follower.violation());
}

TEST(Follower, SeesAViolationWhileAnotherOperationStaysOpen) {
  Told told("key-value");
  told.did(1, function::write, 1);
  told.ask(9, function::write, 5);  // hangs
  told.did(1, function::write, 2);
  told.did(2, function::read, {}, 2);
  told.did(2, function::read, {}, 5);
  told.follower.catch_up();
  EXPECT_FALSE(told.follower.violation()) << "5 came after 2";
  told.did(2, function::read, {}, 2);
  told.follower.catch_up();
  EXPECT_TRUE(told.follower.violation());
}

TEST(Follower, GoesOnBySearchWhereAValueIsWrittenTwice) {
  Told told("register");
  told.did(1, function::write, 1);
  told.did(1, function::write, 2);
  told.did(1, function::write, 1);
  told.did(2, function::read, {}, 1);
  told.follower.catch_up();
  EXPECT_FALSE(told.follower.violation());
  told.did(2, function::read, {}, 2);
  told.follower.catch_up();
  EXPECT_TRUE(told.follower.violation());
  EXPECT_EQ(told.follower.course().keys_given_up, 0u);
}

TEST(Follower, GivesUpAKeyOpenlyWhoseValuesRepeatAfterItWasBusyForLong) {
  Told told("register");
  told.ask(9, function::read);  // never a standstill from here on
  for (int i = 1; i <= 200; ++i) told.did(1, function::write, i);
  told.did(1, function::write, 200);
  told.did(2, function::read, {}, 17);
  told.did(2, function::write, 1, {}, Value("y"));
  const Course course = told.follower.course();
  EXPECT_FALSE(told.follower.violation()) << "nobody follows x any more";
  EXPECT_EQ(course.keys_given_up, 1u);
  EXPECT_EQ(course.operations_unfollowed, 1u) << "the read; y is followed";
  ASSERT_THAT(course.remarks, SizeIs(1));
  EXPECT_THAT(course.remarks[0], HasSubstr("the online check gave up on key \"x\""));
}

TEST(Follower, GivesUpOpenlyWhereThereAreTooManyWays) {
  FollowerOptions options;
  options.search.playback.ways_max = 100;
  Told told("list", options);
  for (std::uint64_t p = 1; p <= 8; ++p) told.ask(p, function::append, Value(static_cast<int>(p)));
  for (std::uint64_t p = 1; p <= 8; ++p) told.answer(p);
  told.follower.catch_up();
  const Course course = told.follower.course();
  EXPECT_EQ(course.keys_given_up, 1u);
  EXPECT_THAT(course.remarks[0], HasSubstr("too many ways to order them at process"));
  EXPECT_THAT(course.remarks[0], HasSubstr("operations open"));
}

TEST(Follower, LetsGoOfTheKeyIdleForLongestAndDoesNotFollowItAgain) {
  Told told("register", {.keys_max = 2});
  told.did(1, function::write, 1, {}, Value("a"));
  told.did(1, function::write, 2, {}, Value("b"));
  told.did(1, function::read, {}, 1, Value("a"));
  told.did(1, function::write, 3, {}, Value("c"));  // b goes
  told.did(1, function::read, {}, 9, Value("b"));
  EXPECT_FALSE(told.follower.violation()) << "its state is not known any more";
  const Course course = told.follower.course();
  EXPECT_EQ(course.keys_retired, 1u);
  EXPECT_EQ(course.operations_unfollowed, 1u);
  told.did(1, function::read, {}, 9, Value("a"));
  EXPECT_TRUE(told.follower.violation());
}

TEST(Follower, TakesOneThatHangsForThousandsOfOthersForUnknown) {
  FollowerOptions options;
  options.search.acts_max = 50;
  Told told("key-value", options);
  told.did(1, function::write, 1);
  told.ask(9, function::write, 5);
  for (int i = 0; i < 500; ++i) told.did(1, function::write, i % 3);
  told.did(2, function::read, {}, 5);  // the one that hangs came just now
  told.answer(9);
  told.did(2, function::read, {}, 5);
  told.follower.catch_up();
  EXPECT_FALSE(told.follower.violation());
  EXPECT_EQ(told.follower.course().taken_for_unknown, 1u);
  EXPECT_LE(told.follower.course().holdings.acts, 51u);
  told.did(2, function::read, {}, 1);
  told.follower.catch_up();
  EXPECT_TRUE(told.follower.violation());
}

TEST(Follower, GivesUpTheKeyWithMostUnseenValuesWhenTheyAreTooMany) {
  Told told("register", {.unseen_max = 1000});
  std::uint64_t process = 10;
  for (int i = 1; i <= (1 << 16) + 10; ++i) {
    if (i % 20 == 0) {
      told.ask(process, function::write, 1'000'000 + i, Value("bad"));
      told.answer(process++, {}, Status::info);
    } else {
      told.did(1, function::write, i, {}, Value("good"));
    }
  }
  const Course course = told.follower.course();
  EXPECT_EQ(course.keys_given_up, 1u);
  EXPECT_THAT(course.remarks[0], HasSubstr("key \"bad\""));
  EXPECT_LT(course.holdings.unseen, 1000u);
}

TEST(Follower, GivesUpAKeyWithAnOperationThatTheObjectDoesNotHave) {
  Told told("register");
  told.did(1, function::append, 1);
  told.did(1, function::append, 1);
  EXPECT_FALSE(told.follower.violation());
  EXPECT_EQ(told.follower.course().keys_given_up, 1u);
  EXPECT_THAT(told.follower.course().remarks[0], HasSubstr("'append'"));
}

TEST(Follower, FollowsTheElementsOfASetOneByOneWhereNobodyReadsItWhole) {
  Told told("set", {.functions = {function::add, function::discard, function::contains}});
  for (std::uint64_t p = 1; p <= 40; ++p) told.ask(p, function::add, Value(static_cast<int>(p)));
  for (std::uint64_t p = 1; p <= 40; ++p) told.answer(p);
  told.follower.catch_up();
  EXPECT_EQ(told.follower.course().keys, 40u);
  EXPECT_EQ(told.follower.course().keys_given_up, 0u);
  told.did(1, function::contains, 7, Value(false));
  told.follower.catch_up();
  EXPECT_TRUE(told.follower.violation());
}

TEST(CanFollow, SaysWhichRunsCan) {
  EXPECT_TRUE(can_follow("linearizable", "register"));
  EXPECT_TRUE(can_follow("linearizable", "key-value"));
  EXPECT_FALSE(can_follow("sequential", "register"));
  EXPECT_FALSE(can_follow("linearizable", "list-append"));
}

}  // namespace
}  // namespace eris::checkers::online
