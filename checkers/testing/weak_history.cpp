#include "checkers/testing/weak_history.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include <fmt/format.h>

namespace eris::checkers::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

/// A write on its way.
struct Message {
  std::size_t from = 0;
  std::size_t key = 0;
  Value value;
  std::uint64_t stamp = 0;
  std::uint64_t number = 0;          ///< of its writer
  std::vector<std::uint64_t> needs;  ///< for causal delivery: writes of each replica
};

struct Cell {
  Value value;
  std::uint64_t stamp = 0;
};

struct Replica {
  std::vector<Cell> cells;
  std::vector<std::uint64_t> applied;  ///< writes of each replica
  std::deque<Message> inbox;
  std::size_t log = 0;  ///< entries of the common log applied
};

class Store {
 public:
  Store(const WeakHistoryOptions& options, base::Rng& rng)
      : options_(options),
        rng_(rng),
        replicas_(options.delivery == Delivery::single_copy ? 1 : options.clients),
        process_(options.clients) {
    for (std::size_t key = 0; key < options.keys; ++key)
      history_.keys.emplace_back(fmt::format("k{}", key));
    history_.errors.emplace_back("unavailable");
    for (Replica& replica : replicas_) {
      replica.cells.resize(options.keys);
      replica.applied.assign(replicas_.size(), 0);
    }
    for (std::size_t i = 0; i < process_.size(); ++i) process_[i] = i;
    next_process_ = process_.size();
    history_.operations.reserve(options.operations);
  }

  History run() {
    while (history_.operations.size() < options_.operations) {
      while (rng_.chance(options_.delivering)) deliver(rng_.below(replicas_.size()));
      operate(rng_.below(options_.clients));
    }
    for (std::size_t i = 0; i < options_.mutations; ++i) mutate();
    history_.events = clock_;
    history_.end = now();
    return std::move(history_);
  }

 private:
  [[nodiscard]] base::Instant now() const { return std::chrono::milliseconds(clock_); }

  Value fresh() {
    if (options_.values == 0) return Value(++last_value_);
    return Value(rng_.between(1, static_cast<std::int64_t>(options_.values)));
  }

  void operate(std::size_t client) {
    const std::size_t at = options_.roaming        ? rng_.below(replicas_.size())
                           : replicas_.size() == 1 ? 0
                                                   : client;
    Operation operation;
    operation.process = base::ProcessId(process_[client]);
    operation.key = static_cast<std::uint32_t>(rng_.below(options_.keys));
    operation.invoked = clock_++;
    operation.invoked_at = now();
    const double drawn = rng_.unit();
    const bool refused = rng_.chance(options_.failures);
    const bool lost = !refused && rng_.chance(options_.unknown_outcomes);
    const bool effect = !refused && (!lost || rng_.chance(0.6));
    operation.status = Status::ok;
    if (drawn < options_.reads) {
      operation.function = function::read;
      operation.result = replicas_[at].cells[operation.key].value;
    } else if (drawn < options_.reads + options_.cas) {
      compare_and_set(at, operation, effect);
    } else {
      operation.function = function::write;
      operation.argument = fresh();
      if (effect) write(at, operation.key, operation.argument);
    }
    finish(client, operation, refused, lost);
  }

  void compare_and_set(std::size_t at, Operation& operation, bool effect) {
    operation.function = function::cas;
    if (options_.delivery == Delivery::log) catch_up(replicas_[at], log_.size());
    const Value now_there = replicas_[at].cells[operation.key].value;
    const Value expected = rng_.chance(0.7)
                               ? now_there
                               : Value(rng_.between(1, std::max<std::int64_t>(last_value_, 1)));
    operation.argument = Value(Value::List{expected, fresh()});
    if (now_there == expected) {
      if (effect) write(at, operation.key, operation.argument.list()[1]);
      return;
    }
    operation.status = Status::fail;
    if (rng_.chance(options_.telling)) operation.result = now_there;
  }

  void finish(std::size_t client, Operation& operation, bool refused, bool lost) {
    if (refused) {
      operation.status = Status::fail;
      operation.error = 1;
      operation.result = {};
    }
    if (lost) {
      operation.status = Status::info;
      operation.result = {};
      process_[client] = next_process_++;
    } else {
      operation.completed = clock_++;
    }
    operation.completed_at = now();
    history_.operations.push_back(std::move(operation));
  }

  void write(std::size_t at, std::size_t key, const Value& value) {
    Replica& replica = replicas_[at];
    if (options_.delivery == Delivery::log) {
      log_.push_back({.key = key, .value = value});
      catch_up(replica, log_.size());
      return;
    }
    Message message{.from = at, .key = key, .value = value};
    message.stamp = (++stamp_of(replica) << 8) | at;
    stamp_of(replica) = message.stamp >> 8;
    message.number = replica.applied[at] + 1;
    message.needs = replica.applied;
    apply(replica, message);
    for (std::size_t i = 0; i < replicas_.size(); ++i)
      if (i != at) replicas_[i].inbox.push_back(message);
  }

  /// The logical clock of a replica is the largest stamp that it knows.
  std::uint64_t& stamp_of(Replica& replica) {
    return clocks_[static_cast<std::size_t>(&replica - replicas_.data())];
  }

  void apply(Replica& replica, const Message& message) {
    Cell& cell = replica.cells[message.key];
    if (!options_.last_writer_wins || message.stamp > cell.stamp)
      cell = {message.value, message.stamp};
    ++replica.applied[message.from];
    stamp_of(replica) = std::max(stamp_of(replica), message.stamp >> 8);
  }

  void catch_up(Replica& replica, std::size_t end) {
    for (; replica.log < end; ++replica.log)
      replica.cells[log_[replica.log].key].value = log_[replica.log].value;
  }

  void deliver(std::size_t to) {
    Replica& replica = replicas_[to];
    if (options_.delivery == Delivery::log) {
      if (replica.log < log_.size())
        catch_up(replica, replica.log + 1 + rng_.below(log_.size() - replica.log));
      return;
    }
    if (replica.inbox.empty()) return;
    // One of the first few, so that long histories do not become quadratic.
    const std::size_t tries = std::min<std::size_t>(replica.inbox.size(), 32);
    const std::size_t begin = rng_.below(tries);
    for (std::size_t i = 0; i < replica.inbox.size() && i < 64; ++i) {
      const std::size_t place = i < tries ? (begin + i) % tries : i;
      if (!may_deliver(replica, replica.inbox[place])) continue;
      apply(replica, replica.inbox[place]);
      replica.inbox.erase(replica.inbox.begin() + static_cast<std::ptrdiff_t>(place));
      return;
    }
  }

  [[nodiscard]] bool may_deliver(const Replica& replica, const Message& message) const {
    if (options_.delivery == Delivery::any) return true;
    if (replica.applied[message.from] + 1 != message.number) return false;
    if (options_.delivery == Delivery::fifo) return true;
    for (std::size_t i = 0; i < message.needs.size(); ++i)
      if (i != message.from && replica.applied[i] < message.needs[i]) return false;
    return true;
  }

  void mutate() {
    Operation& operation = history_.operations[rng_.below(history_.operations.size())];
    if (operation.function == function::read && operation.status == Status::ok) {
      operation.result = rng_.chance(0.2) ? Value() : any_value(operation.key);
    } else if (operation.status == Status::ok && rng_.chance(0.05)) {
      operation.status = Status::fail;
      operation.error = 1;
    }
  }

  /// Something that was written to the key, or else anything.
  Value any_value(std::uint32_t key) {
    std::vector<Value> written;
    for (const Operation& operation : history_.operations) {
      if (operation.key != key || operation.status == Status::fail) continue;
      if (operation.function == function::write) written.push_back(operation.argument);
      if (operation.function == function::cas) written.push_back(operation.argument.list()[1]);
    }
    return written.empty() ? Value(rng_.between(1, 4)) : rng_.pick(written);
  }

  const WeakHistoryOptions& options_;
  base::Rng& rng_;
  std::vector<Replica> replicas_;
  std::vector<std::uint64_t> clocks_ = std::vector<std::uint64_t>(replicas_.size(), 0);
  std::vector<std::uint64_t> process_;  ///< by client
  std::uint64_t next_process_ = 0;
  std::vector<Message> log_;
  History history_;
  std::int64_t last_value_ = 0;
  model::EventIndex clock_ = 0;
};

}  // namespace

History weak_history(const WeakHistoryOptions& options, base::Rng& rng) {
  return Store(options, rng).run();
}

WeakHistoryOptions random_weak_options(base::Rng& rng) {
  WeakHistoryOptions options;
  options.delivery = static_cast<Delivery>(rng.below(5));
  options.last_writer_wins = rng.chance(0.5);
  options.roaming = rng.chance(0.25);
  options.operations = 5 + rng.below(6);
  options.clients = 2 + rng.below(2);
  options.keys = 1 + rng.below(3);
  options.reads = 0.45 + 0.25 * rng.unit();
  if (rng.chance(0.3)) options.cas = 0.15;
  options.delivering = 0.2 + 0.5 * rng.unit();
  if (rng.chance(0.25)) options.unknown_outcomes = 0.15;
  if (rng.chance(0.1)) options.failures = 0.15;
  options.mutations = rng.chance(0.4) ? 0 : 1 + rng.below(2);
  if (rng.chance(0.85)) return options;
  // Convergent, but with nobody's view in one piece: rare among the others.
  options.delivery = Delivery::causal;
  options.last_writer_wins = true;
  options.roaming = false;
  options.operations = 8 + rng.below(3);
  options.clients = 2;
  options.keys = 2 + rng.below(2);
  options.cas = 0;
  options.delivering = 0.3;
  options.mutations = 0;
  return options;
}

History random_final_reads(base::Rng& rng) {
  WeakHistoryOptions options = random_weak_options(rng);
  options.operations = 2 + rng.below(6);
  if (rng.chance(0.2)) options.values = 1 + rng.below(3);
  History history = weak_history(options, rng);
  const model::EventIndex quiet = history.events;
  model::EventIndex clock = quiet + 1;
  history.notes.push_back({quiet, {}, {"final-reads"}});
  std::vector<std::vector<Value>> written(options.keys);
  for (Operation& operation : history.operations) {
    if (operation.function == function::read || operation.status == Status::fail) continue;
    const bool cas = operation.function == function::cas;
    written[operation.key].push_back(cas ? operation.argument.list()[1] : operation.argument);
    if (operation.status == Status::ok && rng.chance(0.1)) operation.completed = clock++;
  }
  std::uint64_t reader = 1'000;
  for (std::uint32_t key = 0; key < options.keys; ++key) {
    std::vector<Value>& values = written[key];
    const Value last = values.empty() ? Value() : values.back();
    values.emplace_back();
    for (std::size_t i = rng.below(4); i > 0; --i) {
      Operation read{.process = base::ProcessId(reader++), .function = function::read, .key = key};
      read.invoked = clock++;
      read.completed = clock++;
      read.status = Status::ok;
      read.result = rng.chance(0.8) ? last : rng.pick(values);
      history.operations.push_back(std::move(read));
    }
  }
  history.events = clock;
  return history;
}

std::string to_lines(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations)
    text += fmt::format(
        "p{} {} {} {} -> {} [{} {}] {} {}\n", operation.process.value, operation.function.view(),
        to_text(history.key_of(operation)), to_text(operation.argument), to_text(operation.result),
        operation.invoked,
        operation.status == Status::info ? std::string("-") : std::to_string(operation.completed),
        model::to_text(operation.status), history.error_of(operation));
  return text;
}

}  // namespace eris::checkers::testing
