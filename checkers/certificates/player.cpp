#include "checkers/certificates/player.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace eris::checkers::certificates {

namespace {

using model::Value;
namespace function = model::function;

/// True where the call can have had this result.
bool answered(const Call& call, const Value& result) {
  return if_answered(call, result, {}).has_value();
}
bool told(const Call& call, const Value& result) {
  return if_told(call, result, {}).has_value();
}

class StepPlayer : public Player {
 public:
  explicit StepPlayer(const SequentialObject& object) : object_(object), state_(object.initial()) {}

  bool play(const Call& call) override {
    auto next = object_.step(state_, call);
    if (next) state_ = std::move(*next);
    return next.has_value();
  }

 private:
  const SequentialObject& object_;
  Value state_;
};

/// A queue or a stack.
class LinePlayer : public Player {
 public:
  LinePlayer(model::Function put, bool last_first) : put_(put), last_first_(last_first) {}

  bool play(const Call& call) override {
    if (call.answer == Answer::refused) return true;
    if (call.function == put_) {
      line_.push_back(call.argument);
      return true;
    }
    if (line_.empty()) return answered(call, Value());
    const bool fits = answered(call, last_first_ ? line_.back() : line_.front());
    if (last_first_)
      line_.pop_back();
    else
      line_.pop_front();
    return fits;
  }

 private:
  model::Function put_;
  bool last_first_;
  std::deque<Value> line_;
};

class PriorityQueuePlayer : public Player {
 public:
  bool play(const Call& call) override {
    if (call.answer == Answer::refused) return true;
    if (call.function == function::insert) {
      elements_.insert(call.argument);
      return true;
    }
    if (elements_.empty()) return answered(call, Value());
    const bool fits = answered(call, *elements_.begin());
    elements_.erase(elements_.begin());
    return fits;
  }

 private:
  std::multiset<Value> elements_;
};

using Values = boost::unordered_flat_set<Value, std::hash<Value>>;

class SetPlayer : public Player {
 public:
  bool play(const Call& call) override {
    if (call.answer == Answer::refused) return true;
    if (call.function == function::read) return call.answer != Answer::known || holds(call.result);
    const bool there = elements_.contains(call.argument);
    if (call.function == function::contains) return answered(call, Value(there));
    const bool adds = call.function == function::add;
    if (!told(call, Value(adds != there))) return false;
    if (adds)
      elements_.emplace(call.argument, 0);
    else
      elements_.erase(call.argument);
    return true;
  }

 private:
  /// These and no others, each once.
  [[nodiscard]] bool holds(const Value& shown) {
    if (!shown.is_list()) return elements_.empty();
    ++read_;
    for (const Value& element : shown.list()) {
      const auto found = elements_.find(element);
      if (found == elements_.end() || std::exchange(found->second, read_) == read_) return false;
    }
    return shown.list().size() == elements_.size();
  }

  /// With the last read that showed each.
  boost::unordered_flat_map<Value, std::uint64_t, std::hash<Value>> elements_;
  std::uint64_t read_ = 0;
};

class ListPlayer : public Player {
 public:
  bool play(const Call& call) override {
    if (call.answer == Answer::refused) return true;
    if (call.function != function::read) {
      elements_.push_back(call.argument);
      return true;
    }
    if (call.answer != Answer::known) return true;
    return call.result.is_nil()
               ? elements_.empty()
               : call.result.is_list() && std::ranges::equal(call.result.list(), elements_);
  }

 private:
  Value::List elements_;
};

class UniqueIdsPlayer : public Player {
 public:
  bool play(const Call& call) override {
    return call.answer != Answer::known || given_.insert(call.result).second;
  }

 private:
  Values given_;
};

}  // namespace

std::unique_ptr<Player> make_player(const SequentialObject& object) {
  const auto is = [&](std::string_view name) { return &object == find_object(name); };
  if (is("queue")) return std::make_unique<LinePlayer>(function::enqueue, false);
  if (is("stack")) return std::make_unique<LinePlayer>(function::push, true);
  if (is("priority-queue")) return std::make_unique<PriorityQueuePlayer>();
  if (is("set") || is("grow-only-set")) return std::make_unique<SetPlayer>();
  if (is("list")) return std::make_unique<ListPlayer>();
  if (is("unique-ids")) return std::make_unique<UniqueIdsPlayer>();
  return std::make_unique<StepPlayer>(object);
}

}  // namespace eris::checkers::certificates
