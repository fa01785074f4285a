#include "checkers/testing/random_history.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "checkers/objects/object.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

class Generator {
 public:
  Generator(const RandomHistoryOptions& options, base::Rng& rng)
      : options_(options),
        rng_(rng),
        object_(*find_object(options.object)),
        state_(object_.initial()),
        open_of_(options.clients, none) {
    history_.keys.emplace_back("x");
    history_.errors.emplace_back("unavailable");
  }

  History run() {
    while (true) {
      const std::size_t client = rng_.below(options_.clients);
      if (open_of_[client] == none) {
        if (history_.operations.size() == options_.operations) {
          if (std::all_of(open_of_.begin(), open_of_.end(), [](auto i) { return i == none; }))
            break;
          continue;
        }
        invoke(client);
      } else if (!applied_[open_of_[client]] && rng_.chance(0.5)) {
        apply(open_of_[client]);
      } else {
        complete(client);
      }
      // What nobody waits for any more may still happen.
      if (!abandoned_.empty() && rng_.chance(0.2)) {
        const std::size_t index = rng_.pick(abandoned_);
        if (!applied_[index]) apply(index);
      }
    }
    for (std::size_t i = 0; i < options_.mutations; ++i) mutate();
    history_.events = clock_;
    history_.end = base::Instant(std::chrono::milliseconds(clock_));
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  base::Instant now() const { return base::Instant(std::chrono::milliseconds(clock_)); }

  Value draw() {
    if (options_.values == 0) return Value(static_cast<std::int64_t>(++next_value_));
    return Value(rng_.between(1, static_cast<std::int64_t>(options_.values)));
  }

  /// A value that is or was there, for expectations and mutations.
  Value draw_known() {
    if (rng_.chance(0.15)) return Value();
    if (rng_.chance(0.4) && !state_.is_list()) return state_;
    const std::int64_t most =
        static_cast<std::int64_t>(options_.values == 0 ? next_value_ + 1 : options_.values);
    return Value(rng_.between(1, std::max<std::int64_t>(most, 1)));
  }

  Value argument_for(model::Function name) {
    if (name == function::write || name == function::append) return draw();
    if (name == function::increment) return Value(rng_.between(1, 2));
    if (name == function::cas) return Value(Value::List{draw_known(), draw()});
    return {};
  }

  void invoke(std::size_t client) {
    Operation operation;
    operation.process = base::ProcessId(client + options_.clients * retired_);
    operation.function = rng_.pick(options_.functions);
    operation.argument = argument_for(operation.function);
    operation.invoked = clock_++;
    operation.invoked_at = now();
    open_of_[client] = history_.operations.size();
    history_.operations.push_back(std::move(operation));
    applied_.push_back(false);
    refused_.push_back(rng_.chance(options_.failures));
  }

  void apply(std::size_t index) {
    if (refused_[index]) return;
    applied_[index] = true;
    Operation& operation = history_.operations[index];
    if (operation.function == function::read) {
      operation.result = state_;
      return;
    }
    const auto after =
        object_.step(state_, {operation.function, operation.argument, {}, Answer::known});
    if (!after) {
      operation.status = Status::fail;
      if (operation.function == function::cas && rng_.chance(options_.telling))
        operation.result = state_;
      return;
    }
    state_ = *after;
    operation.status = Status::ok;
    if (operation.function == function::increment && rng_.chance(options_.telling))
      operation.result = state_;
  }

  void complete(std::size_t client) {
    const std::size_t index = open_of_[client];
    Operation& operation = history_.operations[index];
    open_of_[client] = none;
    if (!refused_[index] && rng_.chance(options_.unknown_outcomes)) {
      if (!applied_[index]) abandoned_.push_back(index);
      unknown_.push_back(index);
      ++retired_;
      make_unknown(operation);
      return;
    }
    if (!refused_[index] && !applied_[index]) apply(index);
    if (refused_[index]) {
      operation.status = Status::fail;
      operation.error = 1;
    } else if (operation.function == function::read) {
      operation.status = Status::ok;
    }
    if (options_.wild) randomize(operation);
    operation.completed = clock_++;
    operation.completed_at = now();
  }

  void make_unknown(Operation& operation) {
    operation.status = Status::info;
    operation.result = {};
    operation.completed = model::never;
    operation.completed_at = now();
  }

  void randomize(Operation& operation) {
    if (operation.function == function::read) operation.result = draw_known();
    if (operation.function != function::cas) return;
    operation.error = 0;
    operation.result = {};
    operation.status = rng_.chance(0.5) ? Status::ok : Status::fail;
    if (operation.status == Status::fail && rng_.chance(options_.telling))
      operation.result = draw_known();
  }

  void mutate() {
    Operation& operation = history_.operations[rng_.below(history_.operations.size())];
    if (operation.function == function::read && operation.status == Status::ok) {
      operation.result = mutated_read(operation.result);
    } else if (operation.result.is_integer() && operation.status == Status::ok) {
      operation.result = Value(operation.result.integer() + (rng_.chance(0.5) ? 1 : -1));
    } else if (operation.status == Status::ok && rng_.chance(0.5)) {
      operation.status = Status::fail;
      operation.error = 1;
      operation.result = {};
    } else if (operation.status == Status::fail) {
      operation.status = Status::ok;
      operation.error = 0;
      operation.result = {};
    }
  }

  Value mutated_read(const Value& result) {
    if (result.is_integer() && rng_.chance(0.5))
      return Value(result.integer() + rng_.between(-2, 2));
    if (!result.is_list() || result.list().empty()) return draw_known();
    Value::List list = copy_of(result.list());
    const auto place = list.begin() + static_cast<std::ptrdiff_t>(rng_.below(list.size()));
    switch (rng_.below(5)) {
      case 0:
        list.pop_back();
        break;
      case 1:
        list.erase(place);
        break;
      case 2:
        list.push_back(*place);
        break;
      case 3:
        list.push_back(draw_known());
        break;
      default:
        std::swap(list.front(), list.back());
    }
    return list.empty() ? Value() : Value(std::move(list));
  }

  const RandomHistoryOptions& options_;
  base::Rng& rng_;
  const SequentialObject& object_;
  Value state_;
  History history_;
  std::vector<std::size_t> open_of_;  ///< by client
  std::vector<bool> applied_;         ///< by operation
  std::vector<bool> refused_;
  std::vector<std::size_t> abandoned_;
  std::vector<std::size_t> unknown_;
  std::size_t next_value_ = 0;
  std::size_t retired_ = 0;
  model::EventIndex clock_ = 0;
};

}  // namespace

RandomHistoryOptions random_options(base::Rng& rng, std::string_view object) {
  RandomHistoryOptions options;
  options.object = object;
  options.operations = 3 + rng.below(6);
  options.clients = 2 + rng.below(4);
  options.values = rng.chance(0.5) ? 0 : 1 + rng.below(3);
  options.unknown_outcomes = rng.chance(0.4) ? 0 : 0.35 * rng.unit();
  options.failures = rng.chance(0.5) ? 0 : 0.2;
  options.telling = rng.chance(0.3) ? 0 : rng.chance(0.5) ? 1 : 0.5;
  options.mutations = rng.below(3);
  options.wild = rng.chance(0.2);
  if (rng.chance(0.6)) options.functions.push_back(function::cas);
  if (rng.chance(0.3)) options.functions.push_back(function::read);
  if (object != "key-value") return options;
  if (rng.chance(0.5)) {  // a key that is only a list, or only a counter, as applications have them
    const model::Function change = rng.chance(0.6) ? function::append : function::increment;
    options.functions = {function::read, change};
    if (rng.chance(0.3)) options.functions.push_back(change);
    if (rng.chance(0.2)) options.functions.push_back(function::remove);
    return options;
  }
  if (rng.chance(0.5)) options.functions.push_back(function::remove);
  if (rng.chance(0.5)) options.functions.push_back(function::append);
  if (rng.chance(0.4)) options.functions.push_back(function::increment);
  return options;
}

History random_history(const RandomHistoryOptions& options, base::Rng& rng) {
  return Generator(options, rng).run();
}

std::size_t random_cases(std::size_t otherwise) {
  const char* text = std::getenv("ERIS_RANDOM_CASES");
  if (text == nullptr) return otherwise;
  std::size_t cases = 0;
  const auto [end, problem] = std::from_chars(text, text + std::strlen(text), cases);
  ERIS_ASSERT(problem == std::errc{} && *end == '\0', "ERIS_RANDOM_CASES must be a number");
  return cases;
}

std::string to_timeline(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations) {
    text += fmt::format("p{} {}", operation.process.value, operation.function.view());
    if (operation.function == function::cas)
      for (const Value& value : operation.argument.list()) text += " " + to_text(value);
    else if (!operation.argument.is_nil() || operation.function == function::write)
      text += " " + to_text(operation.argument);
    const bool read = operation.function == function::read && operation.status == Status::ok;
    if (read || !operation.result.is_nil()) text += " -> " + to_text(operation.result);
    text += operation.status == Status::info
                ? fmt::format(" [{} -]", operation.invoked)
                : fmt::format(" [{} {}]", operation.invoked, operation.completed);
    text += fmt::format(" {} {}\n", model::to_text(operation.status), history.error_of(operation));
  }
  return text;
}

}  // namespace eris::checkers::testing
