// Drains of queues: by hand, and on random small histories against brute force.
#include "checkers/linearizability/drains.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/certify.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/timeline.hpp"
#include "harness/base/rng.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::CheckResult;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
using model::Verdict;
using ::testing::HasSubstr;
namespace function = model::function;

CheckResult check(const History& history) {
  return make_linearizability_checker("queue")->check(history, {});
}

CheckResult check(std::string_view timeline) {
  const auto history = testing::parse_timeline(timeline);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return check(*history);
}

const std::string two_enqueues = "p1 enqueue 1 [0 1] ok\np1 enqueue 2 [2 3] ok\n";

TEST(Drains, AreAsManyDequeuesInTheirTime) {
  EXPECT_EQ(check(two_enqueues + "p2 drain -> [1 2] [4 5] ok\n").verdict, Verdict::valid);
  EXPECT_EQ(check(two_enqueues + "p2 drain -> [1] [4 7] ok\np3 dequeue -> 2 [5 6] ok\n").verdict,
            Verdict::valid)
      << "others may dequeue meanwhile";
  EXPECT_EQ(check(two_enqueues + "p2 drain -> [] [4 5] ok\np3 dequeue -> 1 [6 7] ok\n").verdict,
            Verdict::valid);
}

TEST(Drains, NameTheDrainInTheirWitness) {
  const CheckResult result = check(two_enqueues + "p2 drain -> [2] [4 5] ok\n");
  ASSERT_EQ(result.verdict, Verdict::invalid);
  std::vector<std::size_t> witness;
  for (const model::WitnessStep& step : result.findings.front().witness)
    witness.push_back(step.operation);
  EXPECT_THAT(witness, ::testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(check(two_enqueues + "p2 drain -> [1 2 1] [4 5] ok\n").verdict, Verdict::invalid);
  EXPECT_EQ(check(two_enqueues + "p2 drain -> [3] [4 5] ok\n").verdict, Verdict::invalid);
}

TEST(Drains, WithoutAnAnswerMayHaveTakenWhatIsMissing) {
  const std::string three = two_enqueues + "p1 enqueue 3 [4 5] ok\n";
  EXPECT_EQ(check(three + "p2 dequeue -> 3 [8 9] ok\n").verdict, Verdict::invalid);
  EXPECT_EQ(check(three + "p2 drain [6 -] info\np3 dequeue -> 3 [8 9] ok\n").verdict,
            Verdict::valid);
  EXPECT_EQ(check(three + "p3 dequeue -> 3 [6 7] ok\np2 drain [8 -] info\n").verdict,
            Verdict::invalid)
      << "it had not begun by then";
  EXPECT_EQ(check(three + "p2 drain [6 -] info\np3 dequeue -> 1 [8 9] ok\n").verdict,
            Verdict::valid);
}

TEST(Drains, ThatFailedDidNothing) {
  EXPECT_EQ(check(two_enqueues + "p2 drain [4 5] fail\np3 dequeue -> 2 [6 7] ok\n").verdict,
            Verdict::invalid);
}

TEST(Drains, WithoutAListAreNotUnderstood) {
  const CheckResult result = check(two_enqueues + "p2 drain -> 1 [4 5] ok\n");
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("drain"));
}

TEST(Drains, HaveNoCertificatesAndThatIsSaid) {
  const auto history = testing::parse_timeline(two_enqueues + "p2 drain -> [1 2] [4 5] ok\n");
  const auto certificate = certify(*history, *find_object("queue"), check(*history), {});
  EXPECT_EQ(certificate.verdict, Verdict::unknown);
  EXPECT_THAT(certificate.keys.front().text, HasSubstr("a drain stands for several dequeues"));
}

// ---- against brute force

/// A queue whose clients enqueue, dequeue and drain, each step at a moment of its own; then hurt.
class Generator {
 public:
  explicit Generator(base::Rng& rng) : rng_(rng), clients_(2 + rng.below(2)) {
    history_.keys.emplace_back("x");
  }

  History run() {
    unique_ = rng_.chance(0.6);
    const std::uint64_t operations = 3 + rng_.below(4);
    while (history_.operations.size() < operations || std::ranges::any_of(clients_, is_open)) {
      Client& client = clients_[rng_.below(clients_.size())];
      if (client.open)
        go_on(client);
      else if (history_.operations.size() < operations)
        ask(client);
    }
    if (rng_.chance(0.6)) hurt();
    return std::move(history_);
  }

 private:
  struct Client {
    bool open = false;
    bool done = false;
    std::size_t operation = 0;
    Value::List taken;
  };
  static bool is_open(const Client& client) { return client.open; }

  void ask(Client& client) {
    const std::uint64_t kind = rng_.below(5);
    const bool puts = kind < 2;
    client = {.open = true, .operation = history_.operations.size()};
    history_.operations.push_back(
        {.process = base::ProcessId(next_process_++),
         .function = puts       ? function::enqueue
                     : kind < 4 ? function::drain
                                : function::dequeue,
         .argument = puts ? Value(unique_ ? ++next_ : rng_.between(1, 2)) : Value(),
         .invoked = history_.events++});
  }

  void go_on(Client& client) {
    Operation& operation = history_.operations[client.operation];
    if (client.done) return answer(client);
    if (operation.function == function::enqueue) {
      queue_.push_back(operation.argument);
      client.done = true;
    } else if (queue_.empty() || rng_.chance(0.2)) {
      client.done = true;
    } else {
      client.taken.push_back(queue_.front());
      queue_.erase(queue_.begin());
      client.done = operation.function == function::dequeue;
    }
  }

  void answer(Client& client) {
    Operation& operation = history_.operations[client.operation];
    client.open = false;
    const bool drained = operation.function == function::drain;
    if (rng_.chance(0.2)) {
      // Its client may have been told of some.
      if (!drained || rng_.chance(0.5)) return;
      client.taken.resize(rng_.below(client.taken.size() + 1));
      operation.result = Value(client.taken);
      return;
    }
    operation.status = Status::ok;
    operation.completed = history_.events++;
    if (drained) operation.result = Value(client.taken);
    if (operation.function != function::dequeue) return;
    if (!client.taken.empty()) operation.result = client.taken.front();
    // It gave up although something was there, which a dequeue must not.
    if (client.taken.empty() && !queue_.empty()) operation.status = Status::fail;
  }

  /// Another element in some answer, or one less.
  void hurt() {
    Operation& operation = history_.operations[rng_.below(history_.operations.size())];
    const Value element(unique_ ? rng_.between(1, next_ + 1) : rng_.between(1, 3));
    if (operation.function == function::dequeue && operation.status == Status::ok)
      operation.result = element;
    if (!operation.result.is_list()) return;
    Value::List list = copy_of(operation.result.list());
    if (list.empty() || rng_.chance(0.5))
      list.push_back(element);
    else if (rng_.chance(0.5))
      list.pop_back();
    else
      list.front() = element;
    operation.result = Value(std::move(list));
  }

  base::Rng& rng_;
  std::vector<Client> clients_;
  std::vector<Value> queue_;
  History history_;
  bool unique_ = true;
  std::int64_t next_ = 0;
  std::uint64_t next_process_ = 0;
};

/// As many dequeues of unknown outcome for each unanswered drain as there were enqueues at all.
bool twin_accepts(const History& history) {
  std::vector<TimedCall> calls;
  const auto enqueues =
      std::ranges::count(history.operations, function::enqueue, &Operation::function);
  for (const Operation& operation : history.operations) {
    if (operation.status == Status::fail) continue;
    const bool known = operation.status == Status::ok;
    if (operation.function != function::drain) {
      calls.push_back({{operation.function, operation.argument, operation.result,
                        known ? Answer::known : Answer::unknown},
                       operation.invoked,
                       operation.completed});
      continue;
    }
    const model::EventIndex end = known ? operation.completed : history.events;
    if (operation.result.is_list())
      for (const Value& element : operation.result.list())
        calls.push_back({{function::dequeue, {}, element}, operation.invoked, end});
    for (auto i = enqueues; i > 0 && !known; --i)
      calls.push_back(
          {{function::dequeue, {}, {}, Answer::unknown}, operation.invoked, model::never});
  }
  const SequentialObject& queue = *find_object("queue");
  return brute_force_linearizable(queue, calls, {queue.initial()});
}

TEST(Drains, AgreeWithBruteForce) {
  base::Rng rng(20'261'121);
  const std::size_t cases = testing::random_cases(2'000);
  std::size_t drains = 0, valid = 0, by_sweep = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    const History history = Generator(rng).run();
    const bool expected = twin_accepts(history);
    const CheckResult result = check(history);
    ASSERT_EQ(result.verdict == Verdict::invalid, !expected)
        << testing::to_timeline(history) << result.reason;
    if (!expected) {
      for (const model::WitnessStep& step : result.findings.front().witness)
        ASSERT_LT(step.operation, history.operations.size());
    }
    valid += expected ? 1 : 0;
    drains += expand_drains(history) ? 1 : 0;
    by_sweep += model::find(result.statistics, "keys by sweep")->integer() > 0 ? 1 : 0;
  }
  std::printf("%zu cases, %zu with drains, %zu linearizable, %zu by sweep\n", cases, drains, valid,
              by_sweep);
  EXPECT_GT(drains, cases / 2);
  EXPECT_GT(valid, cases / 10);
  EXPECT_LT(valid, cases - cases / 10);
  EXPECT_GT(by_sweep, cases / 4);
}

}  // namespace
}  // namespace eris::checkers::linearizability
