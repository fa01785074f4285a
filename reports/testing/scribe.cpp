#include "reports/testing/scribe.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"

namespace eris::reports::testing {

using base::Instant;
using model::Value;

Scribe::Scribe(std::string plan_name, unsigned nodes) {
  header_.plan.name = std::move(plan_name);
  header_.plan.seed = 42;
  header_.plan.nodes = nodes;
  header_.plan.system.name = "raft";
  header_.plan.workload.name = "register";
  header_.plan.check.consistency = "promised";
  header_.started = "2026-01-31T12:34:56.789Z";
  header_.versions = {{"eris", Value("0.1.0")}, {"raft", Value("reference")}};
  header_.environment = {
      {"kernel", Value("Linux 6.18")}, {"processors", Value(2)}, {"privileges", Value("rootless")}};
}

void Scribe::add(Instant at, What what) {
  events_.emplace_back(at, std::move(what));
}

std::size_t Scribe::operation(Instant from, Instant to, model::Op op, model::Outcome outcome) {
  add(from, model::Invoked{op});
  add(to, model::Completed{std::move(op), std::move(outcome)});
  return operations_++;
}

std::size_t Scribe::write(Instant from, Instant to, std::uint64_t process, std::string_view key,
                          Value value, model::Status status, std::string error) {
  return operation(from, to,
                   {base::ProcessId(process), model::function::write, Value(key), std::move(value)},
                   {status, Value(), std::move(error)});
}

std::size_t Scribe::read(Instant from, Instant to, std::uint64_t process, std::string_view key,
                         Value result, model::Status status, std::string error) {
  return operation(from, to, {base::ProcessId(process), model::function::read, Value(key), Value()},
                   {status, std::move(result), std::move(error)});
}

std::size_t Scribe::cas(Instant from, Instant to, std::uint64_t process, std::string_view key,
                        std::int64_t expected, std::int64_t desired, model::Status status,
                        std::string error) {
  return operation(from, to,
                   {base::ProcessId(process), model::function::cas, Value(key),
                    Value(Value::List{Value(expected), Value(desired)})},
                   {status, Value(), std::move(error)});
}

void Scribe::note(Instant at, std::string text) {
  add(at, model::Note{std::move(text)});
}

void Scribe::node(Instant at, std::uint32_t node, std::string what, model::Fields fields) {
  add(at, model::NodeEvent{base::NodeId(node), std::move(what), std::move(fields)});
}

void Scribe::beacon(Instant at, std::uint32_t node, std::string_view role, std::int64_t term) {
  this->node(at, node, "beacon", {{"term", Value(term)}, {"role", Value(role)}});
}

void Scribe::fault(const ScribedFault& fault) {
  const auto tell = [&](Instant at, model::FaultPhase phase, const model::FaultAction& action,
                        bool with_evidence) {
    add(at, model::FaultEvent{fault.number, fault.name, fault.description, phase, action,
                              with_evidence ? model::Evidence{fault.took_effect, fault.facts}
                                            : model::Evidence{}});
  };
  tell(fault.decided, model::FaultPhase::decided, fault.action, false);
  tell(fault.applied, model::FaultPhase::applied, fault.action, false);
  tell(fault.reverting, model::FaultPhase::reverting, inverse(fault.action), false);
  tell(fault.reverted, model::FaultPhase::reverted, inverse(fault.action), true);
}

void Scribe::skipped_fault(Instant at, std::uint64_t number, std::string name,
                           std::string_view reason) {
  add(at,
      model::FaultEvent{
          number, name, name, model::FaultPhase::skipped, {}, {false, {{"why", Value(reason)}}}});
}

model::History Scribe::finish() {
  std::ranges::stable_sort(events_, {}, &std::pair<Instant, What>::first);
  model::HistoryBuilder builder;
  builder.set_header(header_);
  model::EventIndex index = 0;
  for (auto& [at, what] : events_) {
    const auto added = builder.add({.index = index++, .time = at, .what = std::move(what)});
    ERIS_ASSERT(added.has_value(), "a test tells a history that makes sense");
  }
  return builder.finish();
}

model::History Scribe::finish_torn() {
  model::History history = finish();
  history.finished = false;
  history.remarks.push_back("dropped a torn last line");
  return history;
}

}  // namespace eris::reports::testing
