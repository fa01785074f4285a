#include "checkers/lossless/testing/random_lossless.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "checkers/testing/random_objects.hpp"

namespace eris::checkers::lossless::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

/// Some of the dequeues as drains, and one at the end more often than not.
void add_drains(History& history, base::Rng& rng) {
  for (Operation& operation : history.operations) {
    if (operation.function != function::dequeue || !rng.chance(0.2)) continue;
    operation.function = function::drain;
    if (operation.status == Status::ok)
      operation.result =
          Value(operation.result.is_nil() ? Value::List{} : Value::List{operation.result});
  }
}

/// What brokers hold, and what they answer.
class Broker {
 public:
  explicit Broker(base::Rng& rng) : rng_(rng) { history_.keys.emplace_back(); }

  History run() {
    history_.errors.emplace_back("refused");
    const std::size_t operations = 3 + rng_.below(8);
    clients_ = 1 + rng_.below(3);
    keys_ = 1 + rng_.below(2);
    faults_ = rng_.chance(0.4) ? 0 : 0.25 * rng_.unit();
    for (std::uint64_t i = 0; i < clients_; ++i) process_.push_back(i);
    for (std::size_t i = 0; i < operations; ++i) operate(rng_.below(clients_));
    return std::move(history_);
  }

 private:
  struct Stored {
    std::int64_t offset = 0;
    Value value;
  };
  /// One log, and how far each client has polled it.
  struct Log {
    std::vector<Stored> messages;
    std::int64_t next = 0;
    std::map<std::uint64_t, std::size_t> position;
  };

  void operate(std::size_t client) {
    Operation operation{.process = base::ProcessId(process_[client]),
                        .function = function::transaction};
    operation.invoked = clock_++;
    const double drawn = rng_.unit();
    operation.status = drawn < 0.1 ? Status::fail : drawn < 0.2 ? Status::info : Status::ok;
    Value::List asked, told;
    for (std::size_t i = 1 + rng_.below(2); i > 0; --i)
      rng_.chance(0.5) ? send(operation, asked, told) : poll(client, asked, told);
    operation.argument = Value(std::move(asked));
    if (operation.status == Status::ok) operation.result = Value(std::move(told));
    if (operation.status == Status::fail) operation.error = 1;
    if (operation.status == Status::info)
      process_[client] += clients_;
    else
      operation.completed = clock_++;
    history_.operations.push_back(std::move(operation));
  }

  void send(const Operation& operation, Value::List& asked, Value::List& told) {
    const std::size_t key = rng_.below(keys_);
    const Value name(static_cast<std::int64_t>(key));
    const Value value(rng_.chance(faults_) ? last_value_ + 1 : ++last_value_);
    asked.push_back(Value(Value::List{Value("send"), name, value}));
    Log& log = logs_[key];
    // A sender may be told nothing of the place.
    const std::int64_t offset = log.next;
    told.push_back(rng_.chance(0.2) ? asked.back()
                                    : Value(Value::List{Value("send"), name,
                                                        Value(Value::List{Value(offset), value})}));
    const bool kept = operation.status == Status::ok     ? !rng_.chance(faults_)
                      : operation.status == Status::info ? rng_.chance(0.5)
                                                         : rng_.chance(faults_);
    for (std::size_t copies = kept ? rng_.chance(faults_) ? 2 : 1 : 0; copies > 0; --copies)
      log.messages.push_back({log.next++, value});
    // An offset that nothing stands at, or one that is given twice.
    if (!kept && rng_.chance(0.7)) ++log.next;
  }

  void poll(std::size_t client, Value::List& asked, Value::List& told) {
    asked.push_back(Value(Value::List{Value("poll"), Value(), Value()}));
    Value::List logs;
    for (auto& [key, log] : logs_) {
      std::size_t& position = log.position[client];
      if (rng_.chance(faults_)) position = rng_.below(log.messages.size() + 1);
      Value::List messages;
      for (; position < log.messages.size() && rng_.chance(0.8); ++position) {
        if (rng_.chance(faults_)) continue;
        Stored message = log.messages[position];
        if (rng_.chance(faults_ / 3)) message.offset += 1;
        if (rng_.chance(faults_ / 3)) message.value = Value(last_value_ + 100);
        messages.push_back(Value(Value::List{Value(message.offset), message.value}));
      }
      if (!messages.empty() || rng_.chance(0.1))
        logs.push_back(
            Value(Value::List{Value(static_cast<std::int64_t>(key)), Value(std::move(messages))}));
    }
    told.push_back(
        Value(Value::List{Value("poll"), Value(),
                          logs.empty() && rng_.chance(0.5) ? Value() : Value(std::move(logs))}));
  }

  base::Rng& rng_;
  History history_;
  std::map<std::size_t, Log> logs_;
  std::vector<std::uint64_t> process_;  ///< by client
  std::size_t clients_ = 1;
  std::size_t keys_ = 1;
  double faults_ = 0;
  std::int64_t last_value_ = 0;
  model::EventIndex clock_ = 0;
};

}  // namespace

History random_lossless(const std::string& object, base::Rng& rng) {
  if (object == "log") return Broker(rng).run();
  auto options =
      checkers::testing::random_object_options(rng, object == "set" ? "grow-only-set" : object);
  options.operations = 4 + rng.below(8);
  options.mutations = rng.below(4);
  options.whole_reads = object == "set";
  if (object == "queue") options.values = rng.chance(0.5) ? 0 : 1 + rng.below(3);
  History history = checkers::testing::random_object_history(options, rng);
  if (object == "queue") add_drains(history, rng);
  return history;
}

}  // namespace eris::checkers::lossless::testing
