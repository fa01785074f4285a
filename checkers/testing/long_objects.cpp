#include "checkers/testing/long_objects.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
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

/// How far back a wrong answer reaches, so that no operation that is still open can explain it.
constexpr std::size_t far = 100;

/// One copy of an object.
class Copy {
 public:
  virtual ~Copy() = default;
  /// What a client asks for next.
  virtual void choose(Operation& operation, base::Rng& rng) = 0;
  /// Does it, and answers. False where it has to wait.
  virtual bool apply(Operation& operation) = 0;
  /// Does it wrongly, so that no order explains the answer. False where that cannot be now.
  virtual bool hurt(Operation& operation) = 0;
  /// What becomes of one whose client is gone: perhaps later, or at once.
  virtual bool applies_late(const Operation&) { return true; }
  virtual void abandon(Operation&) {}
};

class Container : public Copy {
 public:
  explicit Container(const LongObjectOptions& options)
      : stack_(options.object == "stack"),
        put_(stack_ ? function::push : function::enqueue),
        take_(stack_ ? function::pop : function::dequeue),
        puts_(options.puts) {}

  void choose(Operation& operation, base::Rng& rng) override {
    const bool puts = taking_ == 0 ? rng.chance(puts_) : (--taking_, false);
    operation.function = puts ? put_ : take_;
    if (puts) operation.argument = Value(++next_);
  }
  bool apply(Operation& operation) override {
    if (operation.function == put_) {
      elements_.push_back(operation.argument);
    } else if (!elements_.empty()) {
      operation.result = stack_ ? elements_.back() : elements_.front();
      if (stack_)
        elements_.pop_back();
      else
        elements_.pop_front();
    }
    return true;
  }
  bool hurt(Operation& operation) override {
    if (operation.function == put_ || elements_.size() < 2 * far) return false;
    // From below others, which are then popped: were they not, pops of unknown outcome could have
    // taken them before.
    const auto place = stack_ ? elements_.end() - far / 2 : elements_.begin() + far;
    if (stack_) taking_ = 2 * far;
    operation.result = *place;
    elements_.erase(place);
    return true;
  }

 private:
  bool stack_;
  model::Function put_, take_;
  double puts_;
  std::int64_t next_ = 0;
  std::size_t taking_ = 0;  ///< so many more calls take
  std::deque<Value> elements_;
};

class Priorities : public Copy {
 public:
  explicit Priorities(const LongObjectOptions& options) : puts_(options.puts) {}

  void choose(Operation& operation, base::Rng& rng) override {
    const bool puts = rng.chance(puts_);
    operation.function = puts ? function::insert : function::extract;
    // Different, in no order.
    constexpr std::int64_t spread = std::int64_t{1} << 24;
    const auto high = static_cast<std::int64_t>(rng.below(1024));
    if (puts) operation.argument = Value(high * spread + ++next_);
  }
  bool apply(Operation& operation) override {
    if (operation.function == function::insert) {
      elements_.insert(operation.argument);
    } else if (!elements_.empty()) {
      operation.result = *elements_.begin();
      elements_.erase(elements_.begin());
    }
    return true;
  }
  bool hurt(Operation& operation) override {
    if (operation.function == function::insert || elements_.size() < 2 * far) return false;
    operation.result = *elements_.rbegin();
    elements_.erase(std::prev(elements_.end()));
    return true;
  }

 private:
  double puts_;
  std::int64_t next_ = 0;
  std::set<Value> elements_;
};

class Members : public Copy {
 public:
  explicit Members(const LongObjectOptions& options) {
    const std::size_t few = options.operations / 50 + 1;
    there_.resize(options.elements == 0 ? few : options.elements, false);
    touched_.resize(there_.size(), 0);
    unsure_.resize(there_.size(), false);
  }

  void choose(Operation& operation, base::Rng& rng) override {
    const double drawn = rng.unit();
    operation.function = drawn < 0.4   ? function::contains
                         : drawn < 0.7 ? function::add
                                       : function::discard;
    const std::size_t element = rng.below(there_.size());
    operation.argument = Value(static_cast<std::int64_t>(element));
    if (operation.function != function::contains) touched_[element] = clock_;
    ++clock_;
  }
  bool apply(Operation& operation) override {
    const auto element = static_cast<std::size_t>(operation.argument.integer());
    const bool before = there_[element];
    const bool adds = operation.function == function::add;
    operation.result = Value(operation.function == function::add ? !before : before);
    if (operation.function != function::contains) there_[element] = adds;
    return true;
  }
  /// Only where nobody has asked for a change lately.
  bool hurt(Operation& operation) override {
    const auto element = static_cast<std::size_t>(operation.argument.integer());
    if (operation.function != function::contains || unsure_[element]) return false;
    if (touched_[element] == 0) return false;
    if (touched_[element] + far > clock_) return false;
    operation.result = Value(!there_[element]);
    return true;
  }
  void abandon(Operation& operation) override {
    unsure_[static_cast<std::size_t>(operation.argument.integer())] = true;
  }

 private:
  std::vector<bool> there_;
  std::vector<std::size_t> touched_;
  std::vector<bool> unsure_;  ///< something of unknown outcome may still change it
  std::size_t clock_ = 0;
};

class Count : public Copy {
 public:
  explicit Count(const LongObjectOptions& options) : tells_(options.object == "fetch-and-add") {}

  void choose(Operation& operation, base::Rng& rng) override {
    const bool reads = rng.chance(tells_ ? 0.1 : 0.5);
    operation.function = reads    ? function::read
                         : tells_ ? function::fetch_add
                                  : function::increment;
    if (!reads) operation.argument = Value(1);
  }
  bool apply(Operation& operation) override {
    if (operation.function != function::increment) operation.result = Value(count_);
    if (operation.function != function::read) ++count_;
    return true;
  }
  bool hurt(Operation& operation) override {
    if (operation.function != function::read || count_ < static_cast<std::int64_t>(2 * far))
      return false;
    operation.result = Value(count_ - static_cast<std::int64_t>(far));
    return true;
  }

 private:
  bool tells_;
  std::int64_t count_ = 0;
};

class Growing : public Copy {
 public:
  explicit Growing(const LongObjectOptions& options)
      : add_(options.object == "list" ? function::append : function::add),
        reads_(static_cast<double>(options.reads) / static_cast<double>(options.operations)) {}

  void choose(Operation& operation, base::Rng& rng) override {
    const bool reads = rng.chance(reads_);
    operation.function = reads ? function::read : add_;
    if (!reads) operation.argument = Value(++next_);
  }
  bool apply(Operation& operation) override {
    if (operation.function == function::read)
      operation.result = Value(elements_);
    else
      elements_.push_back(operation.argument);
    return true;
  }
  bool hurt(Operation& operation) override {
    if (operation.function != function::read || elements_.size() < 2 * far) return false;
    operation.result = Value(Value::List(elements_.begin(), elements_.end() - far));
    return true;
  }

 private:
  model::Function add_;
  double reads_;
  std::int64_t next_ = 0;
  Value::List elements_;
};

class Lock : public Copy {
 public:
  explicit Lock(const LongObjectOptions& options) : fenced_(options.object == "fenced-lock") {}

  void choose(Operation& operation, base::Rng&) override {
    const bool holds = held_ && holder_ == operation.process;
    operation.function = holds ? function::release : function::acquire;
    releasing_ |= holds;
  }
  bool apply(Operation& operation) override {
    if (operation.function == function::release) {
      held_ = releasing_ = false;
      return true;
    }
    if (held_) return false;
    held_ = true;
    holder_ = operation.process;
    if (fenced_) operation.result = Value(++token_);
    return true;
  }
  /// A second holder, while the first has not begun to release it.
  bool hurt(Operation& operation) override {
    if (operation.function != function::acquire || !held_ || releasing_) return false;
    if (fenced_) operation.result = Value(++token_);
    return true;
  }
  bool applies_late(const Operation&) override { return false; }
  /// Else everybody waits for ever.
  void abandon(Operation& operation) override {
    if (operation.function == function::release) held_ = releasing_ = false;
  }

 private:
  bool fenced_;
  bool held_ = false;
  bool releasing_ = false;
  base::ProcessId holder_;
  std::int64_t token_ = 0;
};

class Ids : public Copy {
 public:
  void choose(Operation& operation, base::Rng&) override {
    operation.function = function::generate;
  }
  bool apply(Operation& operation) override {
    operation.result = Value(++next_);
    return true;
  }
  bool hurt(Operation& operation) override {
    if (next_ < static_cast<std::int64_t>(far)) return false;
    operation.result = Value(next_ - static_cast<std::int64_t>(far) + 50);
    return true;
  }

 private:
  std::int64_t next_ = 0;
};

std::unique_ptr<Copy> copy_of(const LongObjectOptions& options) {
  const std::string& name = options.object;
  if (name == "queue" || name == "stack") return std::make_unique<Container>(options);
  if (name == "priority-queue") return std::make_unique<Priorities>(options);
  if (name == "set") return std::make_unique<Members>(options);
  if (name == "counter" || name == "fetch-and-add") return std::make_unique<Count>(options);
  if (name == "list" || name == "grow-only-set") return std::make_unique<Growing>(options);
  if (name == "unique-ids") return std::make_unique<Ids>();
  return std::make_unique<Lock>(options);
}

class Generator {
 public:
  explicit Generator(const LongObjectOptions& options)
      : options_(options),
        rng_(options.seed),
        copy_(copy_of(options)),
        open_of_(options.clients, none),
        applied_(options.clients, false) {
    for (std::size_t i = 0; i < options.clients; ++i) process_of_.emplace_back(i);
    history_.keys.emplace_back("x");
    history_.operations.reserve(options.operations);
  }

  History run() {
    while (!finished()) {
      step(rng_.below(options_.clients));
      if (!waiting_.empty() && rng_.chance(0.01)) apply_abandoned();
    }
    history_.events = clock_;
    history_.end = now();
    return std::move(history_);
  }

 private:
  [[nodiscard]] bool full() const { return history_.operations.size() >= options_.operations; }
  /// What waits for a lock at the end never gets an answer.
  [[nodiscard]] bool finished() const {
    return full() && (open_ == 0 || idle_ > 100 * options_.clients);
  }
  [[nodiscard]] base::Instant now() const { return std::chrono::microseconds(clock_ * 10); }

  void step(std::size_t client) {
    ++idle_;
    if (open_of_[client] == none) {
      if (!full()) invoke(client);
      return;
    }
    Operation& operation = history_.operations[open_of_[client]];
    if (!applied_[client]) {
      if (plants() && copy_->hurt(operation)) {
        planted_ = true;
        return complete(client);
      }
      if (!copy_->apply(operation)) return;
      applied_[client] = true;
      idle_ = 0;
    } else {
      complete(client);
    }
  }

  [[nodiscard]] bool plants() const {
    const double place =
        static_cast<double>(history_.operations.size()) / static_cast<double>(options_.operations);
    return !planted_ && options_.violation_at >= 0 && place >= options_.violation_at;
  }

  void invoke(std::size_t client) {
    Operation operation;
    operation.process = process_of_[client];
    copy_->choose(operation, rng_);
    operation.invoked = clock_++;
    operation.invoked_at = now();
    // An operation whose outcome will stay unknown may take effect only after its client has gone.
    if (rng_.chance(options_.unknown_outcomes)) {
      abandon(client, operation);
    } else {
      open_of_[client] = history_.operations.size();
      applied_[client] = false;
      ++open_;
    }
    history_.operations.push_back(std::move(operation));
  }

  void abandon(std::size_t client, Operation& operation) {
    operation.completed_at = now() + std::chrono::seconds(1);
    copy_->abandon(operation);
    if (copy_->applies_late(operation)) waiting_.push_back(history_.operations.size());
    process_of_[client] = base::ProcessId(options_.clients + retired_++);
  }

  void apply_abandoned() {
    std::swap(waiting_[rng_.below(waiting_.size())], waiting_.back());
    Operation scratch = history_.operations[waiting_.back()];
    if (scratch.function != function::read) copy_->apply(scratch);
    waiting_.pop_back();
  }

  void complete(std::size_t client) {
    Operation& operation = history_.operations[open_of_[client]];
    operation.status = Status::ok;
    operation.completed = clock_++;
    operation.completed_at = now();
    open_of_[client] = none;
    --open_;
    idle_ = 0;
  }

  const LongObjectOptions& options_;
  base::Rng rng_;
  std::unique_ptr<Copy> copy_;
  History history_;
  std::vector<std::size_t> open_of_;  ///< by client
  std::vector<bool> applied_;
  std::vector<base::ProcessId> process_of_;
  std::vector<std::size_t> waiting_;  ///< abandoned by their clients, not applied yet
  model::EventIndex clock_ = 0;
  std::size_t open_ = 0;
  std::size_t retired_ = 0;
  std::size_t idle_ = 0;
  bool planted_ = false;
};

}  // namespace

History long_object_history(const LongObjectOptions& options) {
  return Generator(options).run();
}

}  // namespace eris::checkers::testing
