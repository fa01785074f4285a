#include "checkers/linearizability/script.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include <boost/unordered/unordered_flat_map.hpp>

namespace eris::checkers::linearizability {

namespace {

bool has_comparisons(const Problem& problem) {
  return std::any_of(problem.entries.begin(), problem.entries.end(),
                     [](const Entry& entry) { return entry.kind == ShapeKind::differs; });
}

/// Which values somebody looks at: a read, a comparison, or a compare-and-set that matters itself.
std::vector<bool> looked_at(const Problem& problem, bool comparisons) {
  std::vector<bool> looked(problem.values.size(), false);
  std::vector<const Entry*> optional_swaps;
  for (const Entry& entry : problem.entries) {
    if (entry.kind == ShapeKind::swap && entry.optional() && !comparisons)
      optional_swaps.push_back(&entry);
    else if (entry.kind != ShapeKind::write && entry.kind != ShapeKind::impossible)
      looked[entry.first] = true;
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const Entry* swap : optional_swaps) {
      if (!looked[swap->second] || looked[swap->first]) continue;
      looked[swap->first] = true;
      grown = true;
    }
  }
  return looked;
}

struct DeedKey {
  ShapeKind kind;
  ValueId first;
  ValueId second;
  bool operator==(const DeedKey&) const = default;
};

struct DeedKeyHash {
  std::size_t operator()(const DeedKey& key) const {
    std::size_t hash = (static_cast<std::size_t>(key.first) << 32) | key.second;
    hash = (hash ^ static_cast<std::size_t>(key.kind)) * 0x9e3779b97f4a7c15ull;
    return hash ^ (hash >> 29);
  }
};

/// Queues, stacks and priority queues: elements that nobody is known to have taken. Without one of
/// them, and without the removal of unknown outcome that may have taken it, every order is still
/// one: what others took, they took all the same, and what was empty is empty.
std::vector<bool> unseen_elements(const Problem& problem) {
  std::set<model::Value> seen;
  for (const Call& call : problem.calls)
    if (call.answer == Answer::known && !call.result.is_nil()) seen.insert(call.result);
  std::vector<bool> result(problem.entries.size(), false);
  for (std::size_t i = 0; i < problem.entries.size(); ++i) {
    const Entry& entry = problem.entries[i];
    if (!entry.optional() || entry.kind != ShapeKind::effect) continue;
    const model::Value& element = problem.calls[entry.call()].argument;
    result[i] = !element.is_nil() && !seen.contains(element);
  }
  return result;
}

bool holds_elements(const SequentialObject* object) {
  return object != nullptr && (object == find_object("queue") || object == find_object("stack") ||
                               object == find_object("priority-queue"));
}

class ScriptWriter {
 public:
  explicit ScriptWriter(const Problem& problem)
      : problem_(problem), merged_(problem.values.size()) {
    script_.values = problem.values.size();
  }

  Script write() {
    merge_unseen_values();
    choose_initial_states();
    add_operations();
    add_events();
    return std::move(script_);
  }

 private:
  void merge_unseen_values() {
    for (ValueId value = 0; value < merged_.size(); ++value) merged_[value] = value;
    if (!problem_.plain()) return;
    const std::vector<bool> looked = looked_at(problem_, has_comparisons(problem_));
    ValueId unseen = no_value;
    for (ValueId value = 1; value < merged_.size(); ++value) {
      if (looked[value]) continue;
      if (unseen == no_value) unseen = value;
      merged_[value] = unseen;
    }
  }

  void choose_initial_states() {
    script_.initial_states = {initial_value};
    if (!problem_.unknown_start) return;
    for (ValueId value = 1; value < merged_.size(); ++value)
      if (merged_[value] == value) script_.initial_states.push_back(value);
    // A value that the problem does not mention.
    script_.initial_states.push_back(static_cast<StateId>(script_.values++));
  }

  void add_operations() {
    const std::vector<bool> left_out = unnoticeable(problem_);
    script_.operations.reserve(problem_.entries.size());
    std::vector<std::uint32_t> class_of_deed;
    for (std::uint32_t i = 0; i < problem_.entries.size(); ++i) {
      if (left_out[i]) continue;
      const Entry& entry = problem_.entries[i];
      ScriptOperation operation{.entry = i,
                                .deed = deed(entry),
                                .optional = entry.optional(),
                                .completed = entry.completed};
      if (operation.optional) {
        class_of_deed.resize(script_.deeds.size(), no_value);
        std::uint32_t& its_class = class_of_deed[operation.deed];
        if (its_class == no_value) {
          its_class = static_cast<std::uint32_t>(script_.classes.size());
          script_.classes.push_back(operation.deed);
          script_.supplies.push_back(0);
        }
        operation.slot = its_class;
        ++script_.supplies[its_class];
        ++script_.optional_operations;
      }
      script_.operations.push_back(operation);
    }
  }

  std::uint32_t deed(const Entry& entry) {
    const auto fresh = static_cast<std::uint32_t>(script_.deeds.size());
    const bool by_call = entry.kind == ShapeKind::effect || entry.kind == ShapeKind::observe;
    if (by_call) {
      const Call& call = problem_.calls[entry.call()];
      const auto [found, is_new] = calls_.try_emplace(
          std::tuple(call.function, call.argument, call.result, call.answer, call.caller), fresh);
      if (is_new) script_.deeds.push_back({entry.kind, 0, 0, entry.call()});
      return found->second;
    }
    const DeedKey key{entry.kind, merged_[entry.first], merged_[entry.second]};
    const auto [found, is_new] = plain_.try_emplace(key, fresh);
    if (is_new) script_.deeds.push_back({key.kind, key.first, key.second, 0});
    return found->second;
  }

  /// Merges the two ascending orders, invocations and responses, handing out slots on the way.
  void add_events() {
    std::vector<std::uint32_t> by_response;
    for (std::uint32_t i = 0; i < script_.operations.size(); ++i)
      if (!script_.operations[i].optional) by_response.push_back(i);
    std::sort(by_response.begin(), by_response.end(), [&](std::uint32_t a, std::uint32_t b) {
      return script_.operations[a].completed < script_.operations[b].completed;
    });
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free_slots;
    std::size_t responded = 0;
    const auto respond = [&] {
      const std::uint32_t i = by_response[responded++];
      script_.events.push_back({i, true});
      free_slots.push(script_.operations[i].slot);
    };
    script_.events.reserve(script_.operations.size() + by_response.size());
    for (std::uint32_t i = 0; i < script_.operations.size(); ++i) {
      ScriptOperation& operation = script_.operations[i];
      const model::EventIndex invoked = problem_.entries[operation.entry].invoked;
      while (responded < by_response.size() &&
             script_.operations[by_response[responded]].completed < invoked)
        respond();
      script_.events.push_back({i, false});
      if (operation.optional) continue;
      if (free_slots.empty()) free_slots.push(script_.slots++);
      operation.slot = free_slots.top();
      free_slots.pop();
    }
    while (responded < by_response.size()) respond();
  }

  const Problem& problem_;
  Script script_;
  std::vector<ValueId> merged_;
  boost::unordered_flat_map<DeedKey, std::uint32_t, DeedKeyHash> plain_;
  std::map<std::tuple<model::Function, model::Value, model::Value, Answer, base::ProcessId>,
           std::uint32_t>
      calls_;
};

}  // namespace

std::vector<bool> unnoticeable(const Problem& problem) {
  if (holds_elements(problem.object)) return unseen_elements(problem);
  std::vector<bool> result(problem.entries.size(), false);
  if (!problem.plain()) return result;
  const bool comparisons = has_comparisons(problem);
  if (comparisons) return result;
  const std::vector<bool> looked = looked_at(problem, comparisons);
  for (std::size_t i = 0; i < problem.entries.size(); ++i) {
    const Entry& entry = problem.entries[i];
    result[i] = entry.optional() && entry.installed() != no_value && !looked[entry.installed()];
  }
  return result;
}

Script make_script(const Problem& problem) {
  return ScriptWriter(problem).write();
}

}  // namespace eris::checkers::linearizability
