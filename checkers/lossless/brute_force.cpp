#include "checkers/lossless/brute_force.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace eris::checkers::lossless {

namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

using Operations = std::vector<const Operation*>;
using Names = std::set<std::string>;

std::size_t count_in(const Value& list, const Value& value) {
  if (!list.is_list()) return 0;
  return static_cast<std::size_t>(std::ranges::count(list.list(), value));
}

// ---- sets

/// Everything wrong with one element, given who added it and who read the set.
void judge_element(const Value& value, const Operations& adds, const Operations& reads,
                   Names& names) {
  const bool added =
      std::ranges::any_of(adds, [](const Operation* add) { return add->status != Status::fail; });
  Operations shown_by, evidence;
  for (const Operation* add : adds)
    if (add->status == Status::ok) evidence.push_back(add);
  for (const Operation* read : reads) {
    const std::size_t count = count_in(read->result, value);
    if (count == 0) continue;
    if (!added)
      names.insert(adds.empty() ? "read of a value never written" : "read of a failed write");
    if (added && count > 1) names.insert("duplicate elements");
    shown_by.push_back(read);
    evidence.push_back(read);
  }
  if (!added) return;
  for (const Operation* read : reads) {
    if (count_in(read->result, value) > 0) continue;
    const auto is_before = [&](const Operation* other) { return other->completed < read->invoked; };
    if (std::ranges::any_of(evidence, is_before) && std::ranges::all_of(shown_by, is_before))
      names.insert("lost element");
  }
}

Names anomalies_of_set(const Operations& operations) {
  Names names;
  std::set<Value> values;
  Operations reads;
  for (const Operation* operation : operations) {
    if (operation->function == function::add) values.insert(operation->argument);
    if (operation->function != function::read || operation->status != Status::ok) continue;
    reads.push_back(operation);
    if (operation->result.is_list())
      values.insert(operation->result.list().begin(), operation->result.list().end());
  }
  for (const Value& value : values) {
    Operations adds;
    for (const Operation* operation : operations)
      if (operation->function == function::add && operation->argument == value)
        adds.push_back(operation);
    judge_element(value, adds, reads, names);
  }
  return names;
}

// ---- queues

std::size_t copies_taken(const Operation& operation, const Value& value) {
  if (operation.status != Status::ok) return 0;
  if (operation.function == function::drain) return count_in(operation.result, value);
  return operation.function == function::dequeue && operation.result == value ? 1 : 0;
}

bool finds_empty(const Operation& operation) {
  return operation.status == Status::ok &&
         (operation.function == function::drain ||
          (operation.function == function::dequeue && operation.result.is_nil()));
}

/// The fewest of these enqueues that must be gone and that nobody is known to have taken, over all
/// ways of saying which of them the known removals took.
std::size_t fewest_missing(const Operations& enqueues, std::size_t taken, const Operation* empty) {
  std::size_t fewest = enqueues.size();
  for (std::uint32_t chosen = 0; chosen < 1u << enqueues.size(); ++chosen) {
    if (static_cast<std::size_t>(std::popcount(chosen)) != taken) continue;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < enqueues.size(); ++i)
      missing += (chosen >> i & 1) == 0 && enqueues[i]->status == Status::ok && empty != nullptr &&
                         enqueues[i]->completed < empty->invoked
                     ? 1
                     : 0;
    fewest = std::min(fewest, missing);
  }
  return fewest;
}

Names anomalies_of_queue(const Operations& operations) {
  Names names;
  std::set<Value> values;
  const Operation* empty = nullptr;
  for (const Operation* operation : operations) {
    if (operation->function == function::enqueue) values.insert(operation->argument);
    if (finds_empty(*operation) && (empty == nullptr || operation->invoked > empty->invoked))
      empty = operation;
    if (operation->function == function::enqueue || operation->status != Status::ok) continue;
    if (operation->result.is_list())
      values.insert(operation->result.list().begin(), operation->result.list().end());
    else if (!operation->result.is_nil())
      values.insert(operation->result);
  }
  std::size_t missing = 0;
  for (const Value& value : values) {
    Operations possible;
    std::size_t enqueues = 0, taken = 0;
    for (const Operation* operation : operations) {
      taken += copies_taken(*operation, value);
      if (operation->function != function::enqueue || operation->argument != value) continue;
      ++enqueues;
      if (operation->status != Status::fail) possible.push_back(operation);
    }
    if (taken > 0 && possible.empty())
      names.insert(enqueues > 0 ? "read of a failed write" : "read of a value never written");
    else if (taken > possible.size())
      names.insert("duplicate elements");
    else
      missing += fewest_missing(possible, taken, empty);
  }
  // Each removal of unknown outcome that had begun by then may have taken one, a drain all.
  std::size_t excused = 0;
  for (const Operation* operation : operations)
    if (empty != nullptr && operation->status == Status::info &&
        operation->function != function::enqueue && operation->invoked < empty->completed)
      excused += operation->function == function::drain ? missing : 1;
  if (missing > excused) names.insert("lost element");
  return names;
}

// ---- logs

/// A message as an answer tells of it.
struct Told {
  Value key;
  std::int64_t offset = 0;
  Value value;
  std::uint64_t process = 0;
  bool polled = false;
};

/// One message that somebody tried to send.
struct Sent {
  Value key;
  Value value;
  bool failed = false;
};

bool is_placed(const Value& message) {
  return message.is_list() && message.list().size() == 2 && message.list()[0].is_integer();
}

void read_log(const Operation& operation, std::vector<Told>& told, std::vector<Sent>& sent) {
  const bool answered = operation.status == Status::ok && !operation.result.is_nil();
  const std::uint64_t process = operation.process.value;
  for (const Value& step : (answered ? operation.result : operation.argument).list()) {
    const Value &key = step.list()[1], &what = step.list()[2];
    if (step.list()[0].text() == "send") {
      const bool placed = answered && is_placed(what);
      const Value& value = placed ? what.list()[1] : what;
      sent.push_back({key, value, operation.status == Status::fail});
      if (placed) told.push_back({key, what.list()[0].integer(), value, process, false});
    } else if (answered && what.is_list()) {
      for (const Value& entry : what.list())
        for (const Value& message : entry.list()[1].list())
          told.push_back(
              {entry.list()[0], message.list()[0].integer(), message.list()[1], process, true});
    }
  }
}

/// Some process polled what lies before the offset, and next what lies after it.
bool passed_over(const std::vector<Told>& told, const Value& key, std::int64_t offset) {
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (!told[i].polled || told[i].key != key || told[i].offset >= offset) continue;
    const auto next = std::find_if(
        told.begin() + static_cast<std::ptrdiff_t>(i) + 1, told.end(), [&](const Told& other) {
          return other.polled && other.key == key && other.process == told[i].process;
        });
    if (next != told.end() && next->offset > offset) return true;
  }
  return false;
}

Names anomalies_of_log(const Operations& operations) {
  Names names;
  std::vector<Told> told;
  std::vector<Sent> sent;
  for (const Operation* operation : operations) read_log(*operation, told, sent);
  for (std::size_t i = 0; i < told.size(); ++i) {
    const Told& one = told[i];
    bool first = true, polled = false;
    for (std::size_t j = 0; j < told.size(); ++j) {
      const Told& other = told[j];
      if (other.key != one.key) continue;
      if (other.offset == one.offset && other.value != one.value)
        names.insert("inconsistent offset");
      if (other.value != one.value) continue;
      if (other.offset != one.offset) names.insert("duplicate elements");
      first &= j >= i;
      polled |= other.polled;
    }
    std::size_t attempts = 0, failures = 0;
    for (const Sent& send : sent)
      if (send.key == one.key && send.value == one.value)
        ++attempts, failures += send.failed ? 1 : 0;
    if (polled && attempts == failures)
      names.insert(attempts == 0 ? "read of a value never written" : "read of a failed write");
    // Where a message stands at two offsets, the first that anybody was told of counts.
    if (!polled && first && passed_over(told, one.key, one.offset)) names.insert("lost element");
  }
  return names;
}

}  // namespace

Names brute_force_anomalies(const std::string& object, const History& history) {
  Names names;
  for (std::uint32_t key = 0; key < history.keys.size(); ++key) {
    Operations operations;
    for (const Operation& operation : history.operations)
      if (operation.key == key) operations.push_back(&operation);
    if (object == "set") names.merge(anomalies_of_set(operations));
    if (object == "queue") names.merge(anomalies_of_queue(operations));
    if (object == "log") names.merge(anomalies_of_log(operations));
  }
  return names;
}

}  // namespace eris::checkers::lossless
