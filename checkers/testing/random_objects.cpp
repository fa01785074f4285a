#include "checkers/testing/random_objects.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "harness/base/assert.hpp"

namespace eris::checkers::testing {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

constexpr std::size_t none = ~std::size_t{0};

/// What an object is asked for.
struct Asks {
  model::Function put, take, look;
};

Asks asks_of(std::string_view object) {
  if (object == "queue") return {function::enqueue, function::dequeue, function::dequeue};
  if (object == "stack") return {function::push, function::pop, function::pop};
  if (object == "priority-queue") return {function::insert, function::extract, function::extract};
  if (object == "set") return {function::add, function::discard, function::contains};
  if (object == "grow-only-set") return {function::add, function::add, function::read};
  if (object == "list") return {function::append, function::append, function::read};
  if (object == "counter") return {function::increment, function::increment, function::read};
  if (object == "fetch-and-add") return {function::fetch_add, function::fetch_add, function::read};
  if (object == "unique-ids") return {function::generate, function::generate, function::generate};
  if (object == "multi-register")
    return {function::transaction, function::transaction, function::transaction};
  ERIS_ASSERT(object == "mutex" || object == "fenced-lock", "an object without a generator");
  return {function::acquire, function::release, function::acquire};
}

class Generator {
 public:
  Generator(const RandomObjectOptions& options, base::Rng& rng)
      : options_(options),
        rng_(rng),
        object_(*find_object(options.object)),
        asks_(asks_of(options.whole_reads ? "grow-only-set" : options.object)),
        lock_(asks_.put == function::acquire),
        step_(rng.chance(0.8) ? 1 : rng.between(-2, 2)),
        state_(object_.initial()),
        open_of_(options.clients, none),
        process_of_(options.clients),
        holds_(options.clients) {
    history_.keys.emplace_back("x");
    history_.errors.emplace_back("unavailable");
    for (std::size_t client = 0; client < options.clients; ++client)
      process_of_[client] = base::ProcessId(client);
  }

  History run() {
    while (!finished()) {
      const std::size_t client = rng_.below(options_.clients);
      const std::size_t index = open_of_[client];
      if (index == none)
        invoke(client);
      else if (!applied_[index] && rng_.chance(0.5))
        apply(index);
      else
        complete(client);
      // What nobody waits for any more may still happen.
      if (!abandoned_.empty() && rng_.chance(0.2)) apply(rng_.pick(abandoned_));
    }
    for (std::size_t i = 0; i < options_.mutations; ++i) mutate();
    history_.events = clock_;
    return std::move(history_);
  }

 private:
  [[nodiscard]] bool finished() const {
    return history_.operations.size() >= options_.operations &&
           std::ranges::all_of(open_of_, [](std::size_t i) { return i == none; });
  }
  [[nodiscard]] base::Instant now() const { return std::chrono::milliseconds(clock_); }

  Value draw() {
    if (options_.values == 0) return Value(++next_value_);
    return Value(rng_.between(1, static_cast<std::int64_t>(options_.values)));
  }
  Value draw_known() {
    const std::int64_t most =
        options_.values == 0 ? next_value_ + 1 : static_cast<std::int64_t>(options_.values);
    return Value(rng_.between(1, std::max<std::int64_t>(most, 1)));
  }

  Value micro_operations() {
    Value::List micros;
    for (std::int64_t i = rng_.between(1, 2); i > 0; --i) {
      const Value name(rng_.between(1, 2));
      micros.push_back(Value(rng_.chance(options_.reads) ? Value::List{Value("r"), name, Value()}
                                                         : Value::List{Value("w"), name, draw()}));
    }
    return Value(std::move(micros));
  }

  Request choose(std::size_t client) {
    if (lock_) {
      const bool strange = rng_.chance(0.03);
      if (holds_[client] != strange)
        return {function::release, rng_.chance(0.5) ? Value() : token_of_[client]};
      return {function::acquire, {}};
    }
    const double drawn = rng_.unit();
    const model::Function name = drawn < options_.reads                   ? asks_.look
                                 : drawn < options_.reads + options_.puts ? asks_.put
                                                                          : asks_.take;
    if (name == function::transaction) return {name, micro_operations()};
    if (name == function::increment || name == function::fetch_add)
      return {name, Value(rng_.chance(0.95) ? step_ : rng_.between(-1, 2))};
    if (name == function::discard || name == function::contains) return {name, draw_known()};
    const bool puts = name == asks_.put && name != function::generate;
    return {name, puts ? draw() : Value()};
  }

  void invoke(std::size_t client) {
    if (history_.operations.size() >= options_.operations) return;
    const Request request = choose(client);
    Operation operation;
    operation.process = process_of_[client];
    operation.function = request.function;
    operation.argument = request.argument;
    operation.invoked = clock_++;
    operation.invoked_at = now();
    open_of_[client] = history_.operations.size();
    history_.operations.push_back(std::move(operation));
    applied_.push_back(false);
    refused_.push_back(rng_.chance(options_.failures));
  }

  void apply(std::size_t index) {
    if (refused_[index] || applied_[index]) return;
    Operation& operation = history_.operations[index];
    Value result = operation.function == function::generate
                       ? Value(++next_value_)
                       : right_answer(state_, {operation.function, operation.argument});
    const auto after = object_.step(
        state_, {operation.function, operation.argument, result, Answer::known, operation.process});
    if (!after) return;
    applied_[index] = true;
    state_ = *after;
    if (operation.status != Status::info || operation.completed_at == base::Instant{})
      operation.result = std::move(result);
  }

  void complete(std::size_t client) {
    const std::size_t index = open_of_[client];
    Operation& operation = history_.operations[index];
    if (!refused_[index] && rng_.chance(options_.unknown_outcomes)) return abandon(client);
    if (!refused_[index] && !applied_[index]) apply(index);
    open_of_[client] = none;
    if (!applied_[index]) {
      operation.status = Status::fail;
      operation.error = 1;
    } else {
      operation.status = Status::ok;
      if (operation.function == function::acquire) token_of_[client] = operation.result;
      if (lock_) holds_[client] = operation.function == function::acquire;
      forget_result(operation);
    }
    operation.completed = clock_++;
    operation.completed_at = now();
  }

  /// Where a system need not tell, it does not always.
  void forget_result(Operation& operation) {
    const model::Function name = operation.function;
    const bool optional = name == function::add || name == function::discard ||
                          name == function::increment || name == function::fetch_add ||
                          name == function::acquire;
    if (optional && !rng_.chance(options_.telling)) operation.result = {};
  }

  void abandon(std::size_t client) {
    const std::size_t index = open_of_[client];
    Operation& operation = history_.operations[index];
    open_of_[client] = none;
    if (!applied_[index]) abandoned_.push_back(index);
    process_of_[client] = base::ProcessId(options_.clients + retired_++);
    holds_[client] = false;
    operation.status = Status::info;
    operation.result = {};
    operation.completed = model::never;
    operation.completed_at = now() + std::chrono::milliseconds(1);
  }

  // ---- hurting

  void mutate() {
    Operation& operation = history_.operations[rng_.below(history_.operations.size())];
    if (operation.status == Status::info) return;
    if (operation.status == Status::fail) {
      if (operation.function != function::transaction && operation.function != function::contains) {
        operation.status = Status::ok;
        operation.error = 0;
        operation.result = mutated(operation);
      }
    } else if (rng_.chance(0.25)) {
      operation.status = Status::fail;
      operation.error = 1;
      operation.result = {};
    } else if (rng_.chance(0.5)) {
      exchange(operation);
    } else {
      operation.result = mutated(operation);
    }
  }

  /// Two operations of one function get each other's answer.
  void exchange(Operation& operation) {
    Operation& other = history_.operations[rng_.below(history_.operations.size())];
    if (other.status != Status::ok || other.function != operation.function) return;
    if (operation.function == function::transaction) return;
    if (operation.function == function::contains && other.argument != operation.argument) return;
    std::swap(operation.result, other.result);
  }

  Value mutated(const Operation& operation) {
    const Value& result = operation.result;
    const model::Function name = operation.function;
    if (name == function::transaction) return mutated_transaction(result);
    if (name == function::read && (result.is_list() || result.is_nil()) &&
        (asks_.put == function::append || asks_.put == function::add))
      return mutated_list(result);
    if (name == function::contains || name == function::add || name == function::discard) {
      if (asks_.look == function::read) return result;
      return result.is_boolean() ? Value(!result.boolean()) : result;
    }
    if (name == function::release || name == asks_.put) {
      if (!result.is_integer()) return result;
      return Value(result.integer() + rng_.between(-1, 1));
    }
    if (result.is_integer() && rng_.chance(0.3)) return Value(result.integer() + 1);
    if (name == function::read) return Value(rng_.between(0, 3));
    return rng_.chance(0.3) ? Value() : draw_known();
  }

  Value mutated_transaction(const Value& result) {
    Value::List micros = copy_of(result.list());
    for (Value& micro : micros)
      if (micro.list()[0] == Value("r"))
        micro = Value(Value::List{micro.list()[0], micro.list()[1], draw_known()});
    return Value(std::move(micros));
  }

  Value mutated_list(const Value& result) {
    Value::List list = result.is_list() ? copy_of(result.list()) : Value::List{};
    const std::uint64_t drawn = rng_.below(5);
    if (list.empty() || drawn == 0) {
      list.push_back(draw_known());
    } else if (drawn == 1) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(rng_.below(list.size())));
    } else if (drawn == 2) {
      list.pop_back();
    } else if (drawn == 3) {
      std::swap(list.front(), list.back());
    } else {
      list.push_back(rng_.pick(list));
    }
    return Value(std::move(list));
  }

  const RandomObjectOptions& options_;
  base::Rng& rng_;
  const SequentialObject& object_;
  Asks asks_;
  bool lock_;
  std::int64_t step_;
  Value state_;
  History history_;
  std::vector<std::size_t> open_of_;  ///< by client
  std::vector<base::ProcessId> process_of_;
  std::vector<bool> holds_;
  std::vector<Value> token_of_ = std::vector<Value>(64);
  std::vector<bool> applied_;  ///< by operation
  std::vector<bool> refused_;
  std::vector<std::size_t> abandoned_;
  std::int64_t next_value_ = 0;
  std::size_t retired_ = 0;
  model::EventIndex clock_ = 0;
};

Value::List elements_of(const Value& state) {
  return state.is_list() ? copy_of(state.list()) : Value::List{};
}

Value transaction_answer(const Value& state, const Value& asked) {
  Value::List registers = elements_of(state);
  Value::List answered;
  for (const Value& micro : asked.list()) {
    const auto same = [&](const Value& pair) { return pair.list()[0] == micro.list()[1]; };
    const auto place = std::ranges::find_if(registers, same);
    if (micro.list()[0] == Value("r")) {
      const Value there = place == registers.end() ? Value() : place->list()[1];
      answered.push_back(Value(Value::List{micro.list()[0], micro.list()[1], there}));
      continue;
    }
    answered.push_back(micro);
    Value pair(Value::List{micro.list()[1], micro.list()[2]});
    if (place == registers.end())
      registers.push_back(std::move(pair));
    else
      *place = std::move(pair);
  }
  return Value(std::move(answered));
}

}  // namespace

Value right_answer(const Value& state, const Request& request) {
  const model::Function name = request.function;
  const auto there = [&] {
    const Value::List elements = elements_of(state);
    return std::ranges::find(elements, request.argument) != elements.end();
  };
  const auto at_end = [&](bool front) {
    if (state.list().empty()) return Value();
    return front ? state.list().front() : state.list().back();
  };
  if (name == function::dequeue || name == function::extract) return at_end(true);
  if (name == function::pop) return at_end(false);
  if (name == function::read || name == function::fetch_add) return state;
  if (name == function::contains || name == function::discard) return Value(there());
  if (name == function::add) return Value(!there());
  if (name == function::increment) return Value(state.integer() + request.argument.integer());
  if (name == function::transaction) return transaction_answer(state, request.argument);
  // Every other token, so that one is left over for an acquisition that nobody saw.
  if (name == function::acquire && state.is_list())
    return Value((state.list()[1].is_nil() ? 0 : state.list()[1].integer()) + 2);
  return {};
}

RandomObjectOptions random_object_options(base::Rng& rng, std::string_view object) {
  RandomObjectOptions options;
  options.object = object;
  options.operations = 4 + rng.below(6);
  options.clients = 2 + rng.below(3);
  const bool few = object == "set" || object == "multi-register";
  options.values = few ? 1 + rng.below(3) : rng.chance(0.9) ? 0 : 2 + rng.below(3);
  options.puts = 0.3 + 0.3 * rng.unit();
  options.reads = rng.chance(0.3) ? 0.1 : 0.4 * rng.unit();
  options.unknown_outcomes = rng.chance(0.4) ? 0 : 0.35 * rng.unit();
  options.failures = rng.chance(0.6) ? 0 : 0.15;
  options.telling = rng.chance(0.4) ? 1 : rng.chance(0.5) ? 0 : 0.5;
  options.mutations = rng.below(3);
  if (object == "set" && rng.chance(0.4)) {
    options.whole_reads = true;
    options.values = rng.chance(0.9) ? 0 : 2 + rng.below(3);
  }
  if (object == "queue" || object == "stack" || object == "priority-queue") {
    // Elements must pile up before they can leave in a wrong order.
    options.operations = 4 + rng.below(10);
    options.clients = 1 + rng.below(4);
    options.reads = rng.chance(0.5) ? 0 : 0.1;
  }
  return options;
}

History random_object_history(const RandomObjectOptions& options, base::Rng& rng) {
  return Generator(options, rng).run();
}

}  // namespace eris::checkers::testing
