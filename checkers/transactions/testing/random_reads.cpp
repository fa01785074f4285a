#include "checkers/transactions/testing/random_reads.hpp"

#include <algorithm>
#include <vector>

namespace eris::checkers::transactions::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

/// Adds operations one after the other, some of them failed or without an answer.
class Recorder {
 public:
  explicit Recorder(base::Rng& rng) : rng_(rng) {
    history_.keys.emplace_back();
    history_.errors.emplace_back("refused");
    failures_ = rng.chance(0.5) ? 0 : 0.1;
    lost_ = rng.chance(0.5) ? 0 : 0.2;
  }

  Status outcome() {
    return rng_.chance(failures_) ? Status::fail : rng_.chance(lost_) ? Status::info : Status::ok;
  }

  void add(Operation operation, Status status) {
    operation.process = base::ProcessId(next_process_++);
    operation.invoked = clock_++;
    operation.status = status;
    if (status != Status::ok) operation.result = {};
    if (status == Status::fail) operation.error = 1;
    if (status != Status::info) operation.completed = clock_++;
    history_.operations.push_back(std::move(operation));
  }

  History done() { return std::move(history_); }

 private:
  base::Rng& rng_;
  History history_;
  double failures_ = 0;
  double lost_ = 0;
  model::EventIndex clock_ = 0;
  std::uint64_t next_process_ = 0;
};

Value name(std::size_t i) {
  return Value(std::string(1, static_cast<char>('a' + i)));
}

}  // namespace

History random_bank(base::Rng& rng) {
  Recorder recorder(rng);
  std::vector<std::int64_t> balances(2 + rng.below(2));
  for (std::int64_t& balance : balances) balance = rng.between(0, 4);
  const double faults = rng.chance(0.5) ? 0 : 0.2;
  for (std::size_t i = 3 + rng.below(4); i > 0; --i) {
    const Status status = recorder.outcome();
    if (rng.chance(0.5)) {
      Value::List pairs;
      for (std::size_t account = 0; account < balances.size(); ++account)
        if (!rng.chance(faults / 4))
          pairs.push_back(Value(Value::List{name(account), Value(balances[account])}));
      recorder.add({.function = function::read, .result = Value(std::move(pairs))}, status);
      continue;
    }
    const std::size_t from = rng.below(balances.size()), to = rng.below(balances.size());
    const std::int64_t amount = rng.between(1, 3);
    const bool done = status == Status::ok || (status == Status::info && rng.chance(0.5));
    // Now and then only one side of it is done.
    if (done != rng.chance(faults / 2)) balances[from] -= amount;
    if (done) balances[to] += amount;
    recorder.add({.function = function::transfer,
                  .argument = Value(Value::List{name(from), name(to), Value(amount)})},
                 status);
  }
  return recorder.done();
}

History random_sights(base::Rng& rng) {
  Recorder recorder(rng);
  const std::size_t keys = 2 + rng.below(3), replicas = rng.chance(0.3) ? 1 : 2;
  std::vector<std::vector<bool>> there(replicas, std::vector<bool>(keys, false));
  std::vector<std::size_t> unwritten(keys);
  for (std::size_t key = 0; key < keys; ++key) unwritten[key] = key;
  rng.shuffle(unwritten);
  for (std::size_t i = 4 + rng.below(6); i > 0; --i) {
    const Status status = recorder.outcome();
    if (!unwritten.empty() && rng.chance(0.4)) {
      const std::size_t key = unwritten.back();
      unwritten.pop_back();
      for (auto& replica : there) replica[key] = status != Status::fail && rng.chance(0.7);
      const Value steps(Value::List{Value(Value::List{Value("w"), name(key), Value(1)})});
      recorder.add({.function = function::transaction, .argument = steps, .result = steps}, status);
      continue;
    }
    Value::List asked, told;
    const auto& replica = there[rng.below(replicas)];
    const std::size_t group = rng.chance(0.8) ? keys : 1 + rng.below(keys);
    for (std::size_t key = 0; key < group; ++key) {
      asked.push_back(Value(Value::List{Value("r"), name(key), Value()}));
      told.push_back(Value(Value::List{Value("r"), name(key), replica[key] ? Value(1) : Value()}));
    }
    recorder.add({.function = function::transaction,
                  .argument = Value(std::move(asked)),
                  .result = Value(std::move(told))},
                 status);
  }
  return recorder.done();
}

}  // namespace eris::checkers::transactions::testing
