#include "checkers/testing/long_history.hpp"

#include <algorithm>
#include <vector>

#include "harness/base/rng.hpp"

namespace eris::checkers::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

constexpr std::size_t none = ~std::size_t{0};

/// How far the planting of a stale read of a rare value is.
enum class Rare : std::uint8_t { unwritten, written, acknowledged, overwritten, read_again };

struct KeyState {
  Value now;
  std::int64_t next_value = 0;
  std::vector<std::size_t> open;     ///< operation of each client, or none
  std::vector<bool> applied;         ///< by client
  std::vector<std::size_t> waiting;  ///< abandoned by their clients, not yet applied
  std::vector<Value> acknowledged;   ///< values written, whose answers have come, in order
  std::vector<model::EventIndex> last_current;  ///< where the values are few: by value
};

class Generator {
 public:
  explicit Generator(const LongHistoryOptions& options)
      : options_(options), rng_(options.seed), keys_(options.keys), place_(options.clients) {
    for (std::size_t key = 0; key < options.keys; ++key) {
      history_.keys.emplace_back(static_cast<std::int64_t>(key));
      keys_[key].open.assign(options.clients, none);
      keys_[key].applied.assign(options.clients, false);
      keys_[key].last_current.assign(options.values, 0);
    }
    history_.operations.reserve(options.operations);
  }

  History run() {
    while (!finished()) {
      if (options_.clients_roam) {
        roam(rng_.below(options_.clients));
      } else {
        const std::size_t key = rng_.below(options_.keys);
        step(key, rng_.below(options_.clients));
      }
    }
    history_.events = clock_;
    history_.end = now();
    return std::move(history_);
  }

 private:
  [[nodiscard]] bool finished() const {
    return history_.operations.size() == options_.operations && open_ == 0;
  }
  [[nodiscard]] base::Instant now() const { return std::chrono::microseconds(clock_ * 10); }

  void roam(std::size_t client) {
    std::size_t& key = place_[client];
    if (keys_[key].open[client] == none) key = rng_.below(options_.keys);
    step(key, client);
  }

  void step(std::size_t key, std::size_t client) {
    KeyState& state = keys_[key];
    if (state.open[client] == none) {
      if (history_.operations.size() < options_.operations) invoke(key, client);
    } else if (!state.applied[client]) {
      apply(state, history_.operations[state.open[client]]);
      state.applied[client] = true;
    } else {
      complete(state, client);
    }
    if (!state.waiting.empty() && rng_.chance(0.01)) apply_abandoned(state);
  }

  void apply_abandoned(KeyState& state) {
    const std::size_t chosen = rng_.below(state.waiting.size());
    std::swap(state.waiting[chosen], state.waiting.back());
    Operation scratch = history_.operations[state.waiting.back()];
    apply(state, scratch);
    state.waiting.pop_back();
  }

  void invoke(std::size_t key, std::size_t client) {
    KeyState& state = keys_[key];
    Operation operation;
    operation.process = base::ProcessId(client + options_.clients * retired_);
    operation.key = static_cast<std::uint32_t>(key);
    choose(state, operation);
    const bool rare = writes_rare_value(operation);
    operation.invoked = clock_++;
    operation.invoked_at = now();
    state.open[client] = history_.operations.size();
    state.applied[client] = false;
    ++open_;
    // An operation whose outcome will stay unknown may take effect only after its client has gone.
    if (!rare && rng_.chance(options_.unknown_outcomes)) abandon(state, client, operation);
    history_.operations.push_back(std::move(operation));
  }

  void abandon(KeyState& state, std::size_t client, Operation& operation) {
    operation.status = Status::info;
    operation.completed_at = now() + std::chrono::seconds(1);
    if (operation.function != function::read) state.waiting.push_back(state.open[client]);
    state.open[client] = none;
    ++retired_;
    --open_;
  }

  void choose(KeyState& state, Operation& operation) {
    const double drawn = rng_.unit();
    if (drawn < options_.reads) {
      operation.function = function::read;
    } else if (drawn < options_.reads + options_.cas) {
      operation.function = function::cas;
      const Value expected = rng_.chance(0.5) ? state.now : draw(state);
      operation.argument = Value(Value::List{expected, draw(state)});
    } else {
      operation.function = function::write;
      operation.argument = draw(state);
    }
  }

  Value draw(KeyState& state) {
    if (options_.values == 0) return Value(++state.next_value);
    return Value(static_cast<std::int64_t>(rng_.below(options_.values)));
  }

  void apply(KeyState& state, Operation& operation) {
    if (options_.values > 0 && state.now.is_integer() && state.now != rare_value())
      state.last_current[static_cast<std::size_t>(state.now.integer())] = clock_;
    if (operation.function == function::read) {
      operation.result = state.now;
    } else if (operation.function == function::write) {
      state.now = operation.argument;
    } else if (state.now == operation.argument.list()[0]) {
      state.now = operation.argument.list()[1];
    } else {
      operation.status = Status::fail;
      operation.result = state.now;
      return;
    }
    operation.status = Status::ok;
  }

  void complete(KeyState& state, std::size_t client) {
    Operation& operation = history_.operations[state.open[client]];
    operation.completed = clock_++;
    operation.completed_at = now();
    state.open[client] = none;
    --open_;
    if (operation.function == function::write) remember(state, operation.argument);
    plant(state, operation);
  }

  static void remember(KeyState& state, const Value& value) {
    state.acknowledged.push_back(value);
    if (state.acknowledged.size() > 400) state.acknowledged.erase(state.acknowledged.begin());
  }

  /// Makes a read return what had been overwritten long before it began. With a few values that
  /// alone may have another explanation, so that several reads are hurt.
  void plant(KeyState& state, Operation& operation) {
    if (options_.violation_of_a_rare_value) return plant_rare_value(operation);
    if (options_.violation_at < 0 || operation.function != function::read) return;
    if (place() < options_.violation_at || state.acknowledged.size() < 2) return;
    if (planted_ >= (options_.values == 0 ? 1 : 20)) return;
    if (options_.values > 0) return plant_forgotten(state, operation);
    operation.result = state.acknowledged.front();
    ++planted_;
  }

  [[nodiscard]] double place() const {
    return static_cast<double>(history_.operations.size()) /
           static_cast<double>(options_.operations);
  }

  [[nodiscard]] Value rare_value() const {
    return Value(static_cast<std::int64_t>(options_.values));
  }

  /// Turns this write, if it is time, into the only one of the rare value.
  bool writes_rare_value(Operation& operation) {
    if (!options_.violation_of_a_rare_value || rare_ != Rare::unwritten) return false;
    if (operation.function != function::write || place() < options_.violation_at) return false;
    operation.argument = rare_value();
    rare_key_ = operation.key;
    rare_ = Rare::written;
    return true;
  }

  /// The rare value was acknowledged, then something else was read, then the rare value again, each
  /// after the other.
  void plant_rare_value(Operation& operation) {
    if (operation.key != rare_key_) return;
    if (rare_ == Rare::written && operation.argument == rare_value()) {
      rare_ = Rare::acknowledged;
      rare_since_ = operation.completed;
    }
    if (operation.function != function::read || operation.invoked < rare_since_) return;
    if (rare_ == Rare::acknowledged && operation.result != rare_value()) {
      rare_ = Rare::overwritten;
      rare_since_ = operation.completed;
    } else if (rare_ == Rare::overwritten) {
      operation.result = rare_value();
      rare_ = Rare::read_again;
    }
  }

  void plant_forgotten(const KeyState& state, Operation& operation) {
    for (std::size_t value = 0; value < options_.values; ++value) {
      if (state.now == Value(static_cast<std::int64_t>(value))) continue;
      if (state.last_current[value] >= operation.invoked) continue;
      operation.result = Value(static_cast<std::int64_t>(value));
      ++planted_;
      return;
    }
  }

  const LongHistoryOptions& options_;
  base::Rng rng_;
  std::vector<KeyState> keys_;
  std::vector<std::size_t> place_;  ///< the key of each roaming client
  History history_;
  model::EventIndex clock_ = 0;
  std::size_t open_ = 0;
  std::size_t retired_ = 0;
  int planted_ = 0;
  Rare rare_ = Rare::unwritten;
  std::uint32_t rare_key_ = 0;
  model::EventIndex rare_since_ = 0;
};

}  // namespace

History long_history(const LongHistoryOptions& options) {
  return Generator(options).run();
}

}  // namespace eris::checkers::testing
