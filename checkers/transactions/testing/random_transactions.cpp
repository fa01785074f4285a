#include "checkers/transactions/testing/random_transactions.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "harness/model/value_pool.hpp"

namespace eris::checkers::transactions::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// What a key holds: all elements of a list; of a register only the last counts.
using Content = std::vector<std::int64_t>;
using Database = std::map<std::size_t, Content>;

struct Step {
  bool write = false;
  std::size_t key = 0;
  std::int64_t value = 0;
  Content seen;
};

struct Running {
  std::size_t operation = 0;
  std::vector<Step> steps;
  std::size_t next = 0;  ///< the step to run
  bool begun = false;
  bool done = false;  ///< committed or aborted
  bool aborted = false;
  bool abandoned = false;    ///< nobody waits for the answer
  Database view;             ///< its snapshot
  std::size_t snapshot = 0;  ///< commits before it
};

class Simulator {
 public:
  Simulator(const RandomTransactionsOptions& options, base::Rng& rng)
      : options_(options),
        rng_(rng),
        commits_{{}},
        clients_(options.clients),
        process_(options.clients),
        written_(options.keys),
        name_(options.keys) {
    for (std::size_t i = 0; i < options.clients; ++i) process_[i] = i;
    for (std::size_t i = 0; i < options.keys; ++i) name_[i] = i;
    next_name_ = options.keys;
    history_.keys.emplace_back();
    history_.errors.emplace_back("aborted");
    history_.operations.reserve(options.transactions);
  }

  History run() {
    std::size_t open = 0;
    while (history_.operations.size() < options_.transactions || open > 0) {
      const std::size_t client = rng_.below(clients_.size());
      if (!clients_[client]) {
        if (history_.operations.size() == options_.transactions) continue;
        invoke(client);
        ++open;
      } else if (!clients_[client]->done && rng_.chance(0.8)) {
        advance(*clients_[client]);
      } else {
        if (!finish(client)) continue;
        --open;
        plant();
      }
      if (!abandoned_.empty() && rng_.chance(0.2)) advance_abandoned();
    }
    for (std::size_t i = 0; i < options_.mutations; ++i) mutate();
    history_.events = clock_;
    history_.end = now();
    return std::move(history_);
  }

 private:
  [[nodiscard]] base::Instant now() const { return std::chrono::milliseconds(clock_); }
  [[nodiscard]] bool lists() const { return options_.flavour == Flavour::list_append; }

  void invoke(std::size_t client) {
    Running running{.operation = history_.operations.size()};
    const std::size_t length = 1 + rng_.below(options_.length_max);
    for (std::size_t i = 0; i < length; ++i) {
      Step step{.write = !rng_.chance(options_.reads), .key = rng_.below(options_.keys)};
      const std::size_t slot = step.key;
      step.key = name_[slot];
      if (step.write) step.value = static_cast<std::int64_t>(++next_value_);
      if (step.write && options_.keys_rotate_after > 0 &&
          ++written_[slot] >= options_.keys_rotate_after) {
        written_[slot] = 0;
        name_[slot] = next_name_++;
      }
      running.steps.push_back(step);
    }
    Operation operation{.process = base::ProcessId(process_[client]),
                        .function = model::function::transaction,
                        .argument = pool_.shared(in_history(running, false))};
    operation.invoked = clock_++;
    operation.invoked_at = now();
    history_.operations.push_back(std::move(operation));
    clients_[client] = std::move(running);
  }

  [[nodiscard]] Value in_history(const Running& running, bool answered) const {
    Value::List list;
    for (const Step& step : running.steps) {
      Value value;
      if (step.write) value = Value(step.value);
      if (!step.write && answered) value = shown(step.seen);
      list.push_back(Value(Value::List{step.write ? write_ : read_,
                                       Value(static_cast<std::int64_t>(step.key)), value}));
    }
    return Value(std::move(list));
  }

  [[nodiscard]] Value shown(const Content& content) const {
    if (content.empty()) return {};
    if (!lists()) return Value(content.back());
    Value::List list;
    for (const std::int64_t element : content) list.emplace_back(element);
    return Value(std::move(list));
  }

  // ---- the database

  void advance(Running& running) {
    if (running.done) return;
    if (!running.begun) begin(running);
    switch (options_.isolation) {
      case Isolation::serial:
        run_at_once(running);
        break;
      case Isolation::stale_serial:
        while (running.next < running.steps.size()) step_on(running, running.view);
        break;
      case Isolation::snapshot:
      case Isolation::stale_snapshot:
      case Isolation::racing_snapshot:
        if (running.next < running.steps.size()) return step_on(running, running.view);
        break;
      case Isolation::read_committed:
        if (running.next < running.steps.size()) {
          // Its own writes lie on top of what is committed now.
          Database view = current_;
          for (std::size_t i = 0; i < running.next; ++i)
            if (running.steps[i].write)
              view[running.steps[i].key].push_back(running.steps[i].value);
          return step_on(running, view);
        }
        break;
      case Isolation::read_uncommitted:
        if (running.next < running.steps.size()) return step_on(running, current_);
        break;
    }
    commit(running);
  }

  /// Without a snapshot, so that long histories are made in linear time.
  void run_at_once(Running& running) {
    if (running.aborted) return;
    for (Step& step : running.steps) {
      Content& content = current_[step.key];
      if (step.write)
        content.push_back(step.value);
      else
        step.seen = content;
    }
  }

  void begin(Running& running) {
    running.begun = true;
    running.aborted = rng_.chance(options_.failures);
    const bool reads_only =
        std::none_of(running.steps.begin(), running.steps.end(), [](auto& s) { return s.write; });
    running.snapshot = commits_.size();
    const bool stale = options_.isolation == Isolation::stale_snapshot ||
                       (options_.isolation == Isolation::stale_serial && reads_only);
    if (options_.isolation == Isolation::read_committed ||
        options_.isolation == Isolation::read_uncommitted ||
        options_.isolation == Isolation::serial)
      return;
    if (stale && rng_.chance(0.5)) {
      running.snapshot = 1 + rng_.below(commits_.size());
      running.view = {};
      for (std::size_t i = 0; i < running.snapshot; ++i)
        for (const auto& [key, value] : commits_[i]) running.view[key].push_back(value);
      return;
    }
    running.view = current_;
  }

  static void step_on(Running& running, Database& view) {
    Step& step = running.steps[running.next++];
    if (step.write)
      view[step.key].push_back(step.value);
    else
      step.seen = view[step.key];
  }

  void commit(Running& running) {
    running.done = true;
    const bool checks = options_.isolation == Isolation::snapshot ||
                        options_.isolation == Isolation::stale_snapshot;
    if (checks && conflicts(running)) running.aborted = true;
    if (running.aborted || options_.isolation == Isolation::read_uncommitted ||
        options_.isolation == Isolation::serial)
      return;
    std::vector<std::pair<std::size_t, std::int64_t>> writes;
    for (const Step& step : running.steps) {
      if (!step.write) continue;
      writes.emplace_back(step.key, step.value);
      current_[step.key].push_back(step.value);
    }
    // Only stale reads look at old states.
    const bool remembered =
        options_.isolation != Isolation::serial && options_.isolation != Isolation::read_committed;
    if (!writes.empty() && remembered) commits_.push_back(std::move(writes));
  }

  [[nodiscard]] bool conflicts(const Running& running) const {
    for (std::size_t i = running.snapshot; i < commits_.size(); ++i)
      for (const auto& [key, value] : commits_[i])
        for (const Step& step : running.steps)
          if (step.write && step.key == key) return true;
    return false;
  }

  // ---- answers

  bool finish(std::size_t client) {
    Running& running = *clients_[client];
    Operation& operation = history_.operations[running.operation];
    if (rng_.chance(options_.unknown_outcomes)) {
      operation.completed_at = now();
      if (!running.done) abandoned_.push_back(std::move(running));
      process_[client] += options_.clients;
      clients_[client].reset();
      return true;
    }
    if (!running.done) {
      advance(running);
      if (!running.done) return false;
    }
    operation.status = running.aborted ? Status::fail : Status::ok;
    if (running.aborted)
      operation.error = 1;
    else
      operation.result = pool_.shared(in_history(running, true));
    operation.completed = clock_++;
    operation.completed_at = now();
    clients_[client].reset();
    return true;
  }

  /// Once, long histories get a transaction that does not see what was answered just before.
  void plant() {
    const auto place = static_cast<std::size_t>(options_.stale_read_at *
                                                static_cast<double>(options_.transactions));
    if (options_.stale_read_at < 0 || planted_ || history_.operations.size() < place) return;
    const Operation& last = history_.operations.back();
    if (last.status != Status::ok) return;
    for (const Value& step : last.result.list()) {
      if (step.list()[0] == read_) continue;
      Running reader{.operation = history_.operations.size()};
      reader.steps.push_back({.key = static_cast<std::size_t>(step.list()[1].integer())});
      reader.steps.back().seen = current_[reader.steps.back().key];
      Content& seen = reader.steps.back().seen;
      const auto mine = std::find(seen.begin(), seen.end(), step.list()[2].integer());
      seen.erase(mine, seen.end());
      Operation operation{.process = base::ProcessId(1'000'000'000),
                          .function = model::function::transaction,
                          .argument = in_history(reader, false),
                          .result = in_history(reader, true)};
      operation.invoked = clock_++;
      operation.invoked_at = now();
      operation.completed = clock_++;
      operation.completed_at = now();
      operation.status = Status::ok;
      history_.operations.push_back(std::move(operation));
      planted_ = true;
      return;
    }
  }

  void advance_abandoned() {
    const std::size_t chosen = rng_.below(abandoned_.size());
    advance(abandoned_[chosen]);
    if (!abandoned_[chosen].done) return;
    std::swap(abandoned_[chosen], abandoned_.back());
    abandoned_.pop_back();
  }

  // ---- hurting

  void mutate() {
    Operation& operation = history_.operations[rng_.below(history_.operations.size())];
    if (operation.status != Status::ok) return;
    if (rng_.chance(0.15)) {
      operation.status = Status::fail;
      operation.error = 1;
      operation.result = {};
      return;
    }
    Value::List steps = copy_of(operation.result.list());
    Value::List step = copy_of(steps[rng_.below(steps.size())].list());
    const std::size_t place = rng_.below(steps.size());
    step = copy_of(steps[place].list());
    if (step[0].text() != "r") return;
    step[2] = lists() ? mutated(step[2]) : other_value();
    steps[place] = Value(std::move(step));
    operation.result = Value(std::move(steps));
  }

  [[nodiscard]] Value other_value() {
    const std::size_t drawn = rng_.below(next_value_ + 2);
    return drawn == 0 ? Value() : Value(static_cast<std::int64_t>(drawn));
  }

  [[nodiscard]] Value mutated(const Value& value) {
    Value::List list = value.is_nil() ? Value::List{} : copy_of(value.list());
    const std::size_t what = rng_.below(5);
    if (what == 0 || list.empty()) {
      list.push_back(Value(static_cast<std::int64_t>(1 + rng_.below(next_value_ + 1))));
    } else if (what == 1) {
      list.pop_back();
    } else if (what == 2) {
      list.erase(list.begin());
    } else if (what == 3) {
      std::swap(list.front(), list.back());
    } else {
      list.resize(rng_.below(list.size()));
    }
    return list.empty() ? Value() : Value(std::move(list));
  }

  const RandomTransactionsOptions& options_;
  base::Rng& rng_;
  History history_;
  model::ValuePool pool_;  ///< as whoever reads a history from a file has one
  Database current_;
  std::vector<std::vector<std::pair<std::size_t, std::int64_t>>> commits_;
  std::vector<std::optional<Running>> clients_;
  std::vector<Running> abandoned_;
  std::vector<std::uint64_t> process_;  ///< by client
  std::vector<std::size_t> written_;    ///< by place of a key
  std::vector<std::size_t> name_;       ///< by place
  std::size_t next_name_ = 0;
  std::size_t next_value_ = 0;
  bool planted_ = false;
  model::EventIndex clock_ = 0;
  const Value read_{"r"};
  const Value write_{lists() ? "append" : "w"};
};

}  // namespace

RandomTransactionsOptions random_options(base::Rng& rng, Flavour flavour) {
  RandomTransactionsOptions options{.flavour = flavour};
  options.isolation = static_cast<Isolation>(rng.below(7));
  options.transactions = 2 + rng.below(5);
  options.clients = 2 + rng.below(3);
  options.keys = 1 + rng.below(3);
  options.length_max = 1 + rng.below(4);
  options.reads = 0.3 + 0.4 * rng.unit();
  options.unknown_outcomes = rng.chance(0.6) ? 0 : 0.3;
  options.failures = rng.chance(0.6) ? 0 : 0.2;
  options.mutations = rng.chance(0.7) ? 0 : 1 + rng.below(2);
  return options;
}

History random_transactions(const RandomTransactionsOptions& options, base::Rng& rng) {
  return Simulator(options, rng).run();
}

}  // namespace eris::checkers::transactions::testing
