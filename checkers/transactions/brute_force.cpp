#include "checkers/transactions/brute_force.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace eris::checkers::transactions {

using model::Operation;
using model::Status;
using model::Value;

namespace {

using Database = std::map<Value, Value>;

enum class Stage : std::uint8_t { waiting, running, done };

class Execution {
 public:
  Execution(const model::History& history, Flavour flavour, Level level, Order order)
      : lists_(flavour == Flavour::list_append), level_(level), order_(order) {
    for (const Operation& operation : history.operations)
      if (operation.status != Status::fail) operations_.push_back(&operation);
    stages_.assign(operations_.size(), Stage::waiting);
    taken_.resize(operations_.size());
  }

  /// Tries every next step.
  bool possible() {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i)
      all_done &= stages_[i] == Stage::done || operations_[i]->status == Status::info;
    if (all_done) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (stages_[i] == Stage::waiting && may_start(i) && start(i)) return true;
      if (stages_[i] == Stage::running && commit(i)) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] bool may_start(std::size_t i) const {
    for (std::size_t other = 0; other < operations_.size(); ++other)
      if (stages_[other] != Stage::done && precedes(*operations_[other], *operations_[i]))
        return false;
    return true;
  }

  [[nodiscard]] bool precedes(const Operation& a, const Operation& b) const {
    if (order_ == Order::any || a.status == Status::info) return false;
    if (order_ == Order::session && a.process != b.process) return false;
    return a.completed < b.invoked;
  }

  /// Runs a transaction on the present state; in snapshot isolation it commits later.
  bool start(std::size_t i) {
    auto after = run(*operations_[i]);
    if (!after) return false;
    if (level_ == Level::serializable) {
      std::swap(database_, *after);
      stages_[i] = Stage::done;
      if (possible()) return true;
      std::swap(database_, *after);
    } else {
      stages_[i] = Stage::running;
      taken_[i].clear();
      if (possible()) return true;
    }
    stages_[i] = Stage::waiting;
    return false;
  }

  bool commit(std::size_t i) {
    const std::set<Value> written = writes_of(*operations_[i]);
    for (const Value& key : written)
      if (taken_[i].contains(key)) return false;
    const Database before = database_;
    const auto taken = taken_;
    // Nobody else wrote these keys since the start, so that running it now writes the same.
    apply(*operations_[i], database_);
    stages_[i] = Stage::done;
    for (std::size_t other = 0; other < operations_.size(); ++other)
      if (stages_[other] == Stage::running) taken_[other].insert(written.begin(), written.end());
    if (possible()) return true;
    database_ = before;
    taken_ = taken;
    stages_[i] = Stage::running;
    return false;
  }

  [[nodiscard]] static Value::Elements steps_of(const Operation& operation) {
    const bool answered = operation.status == Status::ok && !operation.result.is_nil();
    return (answered ? operation.result : operation.argument).list();
  }

  [[nodiscard]] static bool is_read(const Value& step) { return step.list()[0].text() == "r"; }

  [[nodiscard]] static std::set<Value> writes_of(const Operation& operation) {
    std::set<Value> keys;
    for (const Value& step : steps_of(operation))
      if (!is_read(step)) keys.insert(step.list()[1]);
    return keys;
  }

  void write(const Value& step, Database& database) const {
    Value& value = database[step.list()[1]];
    if (!lists_) {
      value = step.list()[2];
      return;
    }
    Value::List list = value.is_nil() ? Value::List{} : copy_of(value.list());
    list.push_back(step.list()[2]);
    value = Value(std::move(list));
  }

  void apply(const Operation& operation, Database& database) const {
    for (const Value& step : steps_of(operation))
      if (!is_read(step)) write(step, database);
  }

  /// The state afterwards, or nothing where a read shows something else.
  [[nodiscard]] std::optional<Database> run(const Operation& operation) const {
    Database database = database_;
    for (const Value& step : steps_of(operation)) {
      if (!is_read(step)) {
        write(step, database);
      } else if (operation.status == Status::ok) {
        const Value& shown = step.list()[2];
        const Value& there = database[step.list()[1]];
        const bool both_empty = there.is_nil() && shown.is_list() && shown.list().empty();
        if (!both_empty && shown != there) return std::nullopt;
      }
    }
    return database;
  }

  bool lists_;
  Level level_;
  Order order_;
  std::vector<const Operation*> operations_;
  std::vector<Stage> stages_;
  std::vector<std::set<Value>> taken_;  ///< keys that others committed since its start
  Database database_;
};

/// What one transaction read of others.
struct Seen {
  std::size_t reader;
  Value key;
  std::optional<std::size_t> writer;
};

class Visibility {
 public:
  explicit Visibility(const model::History& history) {
    for (const Operation& operation : history.operations) operations_.push_back(&operation);
    sees_.assign(operations_.size(), std::vector<bool>(operations_.size(), false));
  }

  bool possible(bool causal) {
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i]->status == Status::ok && !read_all(i)) return false;
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i]->status == Status::ok || observed_.contains(i)) present_.push_back(i);
    if (causal) add_past();
    std::vector<std::size_t> order = present_;
    do {
      if (agrees(order)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

 private:
  static Value::Elements steps_of(const Operation& operation) {
    const bool answered = operation.status == Status::ok && !operation.result.is_nil();
    return (answered ? operation.result : operation.argument).list();
  }
  static bool is_read(const Value& step) { return step.list()[0].text() == "r"; }

  [[nodiscard]] std::optional<Value> last_write(std::size_t i, const Value& key) const {
    std::optional<Value> last;
    for (const Value& step : steps_of(*operations_[i]))
      if (!is_read(step) && step.list()[1] == key) last = step.list()[2];
    return last;
  }

  /// False where a read is wrong by itself.
  bool read_all(std::size_t i) {
    std::map<Value, Value> known;
    for (const Value& step : steps_of(*operations_[i])) {
      const Value &key = step.list()[1], &value = step.list()[2];
      if (!is_read(step)) {
        known[key] = value;
      } else if (known.contains(key)) {
        if (known[key] != value) return false;
      } else {
        known[key] = value;
        if (!read_from_other(i, key, value)) return false;
      }
    }
    return true;
  }

  bool read_from_other(std::size_t i, const Value& key, const Value& value) {
    if (value.is_nil()) {
      seen_.push_back({i, key, std::nullopt});
      return true;
    }
    for (std::size_t other = 0; other < operations_.size(); ++other) {
      if (other == i || operations_[other]->status == Status::fail) continue;
      if (last_write(other, key) != value) continue;
      seen_.push_back({i, key, other});
      sees_[i][other] = true;
      observed_.insert(other);
      return true;
    }
    return false;
  }

  void add_past() {
    for (const std::size_t a : present_)
      for (const std::size_t b : present_)
        if (a < b && operations_[a]->process == operations_[b]->process) sees_[b][a] = true;
    for (const std::size_t middle : present_)
      for (const std::size_t a : present_)
        for (const std::size_t b : present_)
          if (sees_[a][middle] && sees_[middle][b]) sees_[a][b] = true;
  }

  [[nodiscard]] bool agrees(const std::vector<std::size_t>& order) const {
    std::vector<std::size_t> place(operations_.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    for (const std::size_t a : present_)
      for (const std::size_t b : present_)
        if (sees_[a][b] && place[b] >= place[a]) return false;
    for (const Seen& read : seen_)
      for (const std::size_t other : present_) {
        if (!sees_[read.reader][other] || other == read.reader || read.writer == other) continue;
        if (!last_write(other, read.key)) continue;
        if (!read.writer || place[other] > place[*read.writer]) return false;
      }
    return true;
  }

  std::vector<const Operation*> operations_;
  std::vector<std::vector<bool>> sees_;  ///< by reader, then by the other
  std::vector<Seen> seen_;
  std::set<std::size_t> observed_;
  std::vector<std::size_t> present_;
};

/// The versions of one key, each named by who wrote it last; -1 was there at the start.
class KeyOrders {
 public:
  KeyOrders(const model::History& history, const Value& key) : history_(history), key_(key) {
    for (const Operation& operation : history.operations)
      for (const Value& step : steps_of(operation))
        if (step.list()[1] == key && !is_read(step) && operation.status != Status::fail)
          writer_[step.list()[2]] = index_of(operation);
    for (const Operation& operation : history.operations)
      if (operation.status == Status::ok) note_observed(operation);
  }

  [[nodiscard]] bool possible(bool by_process) const {
    std::vector<int> order(present_.begin(), present_.end());
    do {
      if (agrees(order, by_process)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

 private:
  static constexpr int start = -1;
  static constexpr int unknown = -2;

  static Value::Elements steps_of(const Operation& operation) {
    const bool answered = operation.status == Status::ok && !operation.result.is_nil();
    return (answered ? operation.result : operation.argument).list();
  }
  static bool is_read(const Value& step) { return step.list()[0].text() == "r"; }
  [[nodiscard]] int index_of(const Operation& operation) const {
    return static_cast<int>(&operation - history_.operations.data());
  }

  /// Those who wrote the key and took effect, be it that somebody else saw it.
  void note_observed(const Operation& operation) {
    bool known = false;
    for (const Value& step : steps_of(operation)) {
      if (step.list()[1] != key_) continue;
      const int writer = is_read(step) ? version(step.list()[2]) : index_of(operation);
      if (writer >= 0 && (!is_read(step) || !known || changed(operation, step)))
        present_.insert(writer);
      known = true;
    }
  }
  /// Only what differs from what the transaction knew is looked up.
  [[nodiscard]] bool changed(const Operation& operation, const Value& read) const {
    Value before;
    for (const Value& step : steps_of(operation)) {
      if (&step == &read) break;
      if (step.list()[1] == key_) before = step.list()[2];
    }
    return before != read.list()[2];
  }

  [[nodiscard]] int version(const Value& value) const {
    if (value.is_nil()) return start;
    const auto found = writer_.find(value);
    return found == writer_.end() ? unknown : found->second;
  }

  /// What a transaction shows: what it read of others before it touched the key, and what it wrote.
  [[nodiscard]] std::vector<int> sights(const Operation& operation) const {
    std::vector<int> seen;
    bool first = true, wrote = false;
    for (const Value& step : steps_of(operation)) {
      if (step.list()[1] != key_) continue;
      if (first && is_read(step) && operation.status == Status::ok) {
        const int read = version(step.list()[2]);
        if (read != unknown && read != index_of(operation)) seen.push_back(read);
      }
      first = false;
      wrote |= !is_read(step);
    }
    if (wrote && present_.contains(index_of(operation))) seen.push_back(index_of(operation));
    return seen;
  }

  [[nodiscard]] bool agrees(const std::vector<int>& order, bool by_process) const {
    const auto place = [&](int version) {
      return version == start ? -1 : std::ranges::find(order, version) - order.begin();
    };
    std::map<std::uint64_t, std::vector<int>> of_process;
    for (const Operation& operation : history_.operations) {
      const std::vector<int> seen = sights(operation);
      if (seen.size() == 2 && place(seen[0]) >= place(seen[1])) return false;
      std::vector<int>& before = of_process[operation.process.value];
      if (by_process)
        for (const int earlier : before)
          for (const int later : seen)
            if (earlier != later && place(earlier) >= place(later)) return false;
      before.insert(before.end(), seen.begin(), seen.end());
    }
    return true;
  }

  const model::History& history_;
  const Value& key_;
  std::map<Value, int> writer_;
  std::set<int> present_;
};

}  // namespace

bool brute_force_orders_versions(const model::History& history, bool by_process) {
  std::set<Value> keys;
  for (const Operation& operation : history.operations)
    for (const Value& step : operation.argument.list()) keys.insert(step.list()[1]);
  return std::ranges::all_of(
      keys, [&](const Value& key) { return KeyOrders(history, key).possible(by_process); });
}

bool brute_force_allows(const model::History& history, Flavour flavour, Level level, Order order) {
  return Execution(history, flavour, level, order).possible();
}

bool brute_force_allows_registers(const model::History& history, bool causal) {
  return Visibility(history).possible(causal);
}

}  // namespace eris::checkers::transactions
