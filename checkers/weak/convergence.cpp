#include "checkers/weak/convergence.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace eris::checkers::weak {

using model::EventIndex;
using model::History;
using model::Operation;
using model::Status;

namespace {

std::optional<EventIndex> quiet_from(const History& history) {
  const auto stage = std::ranges::find_if(
      history.notes, [](const auto& note) { return note.event.text == "final-reads"; });
  if (stage == history.notes.end()) return std::nullopt;
  return stage->index;
}

struct KeyState {
  EventId first = no_event;         ///< final read
  EventId other = no_event;         ///< a final read of another value
  EventId acknowledged = no_event;  ///< a write that was over by then
  std::size_t reads = 0;
  bool unsettled = false;  ///< a value seen is of a write without an answer
  bool open = false;       ///< a write was still going on
};

/// A write whose effect may come at any time.
bool without_answer(const History& history, const Sessions& sessions, EventId write) {
  return write != from_start &&
         history.operations[sessions.events[write].operation].status == Status::info;
}

bool is_final_read(const Operation& operation, EventIndex quiet) {
  return operation.function == model::function::read && operation.invoked >= quiet;
}

void look_at(const History& history, const Sessions& sessions, EventId e, EventIndex quiet,
             KeyState& key) {
  const Event& event = sessions.events[e];
  const Operation& operation = history.operations[event.operation];
  if (event.is_write()) {
    if (operation.status != Status::ok) return;
    if (operation.completed > quiet)
      key.open = true;
    else
      key.acknowledged = e;
    return;
  }
  if (!is_final_read(operation, quiet)) return;
  ++key.reads;
  key.unsettled |= without_answer(history, sessions, event.source);
  if (key.first == no_event)
    key.first = e;
  else if (sessions.events[key.first].source != event.source && key.other == no_event)
    key.other = e;
}

}  // namespace

Convergence convergence_of(const History& history, const Sessions& sessions) {
  Convergence found;
  const auto quiet = quiet_from(history);
  if (!quiet) return found;
  found.quiet = true;
  std::unordered_set<std::uint32_t> flawed;
  for (const Flaw& flaw : sessions.flaws) {
    flawed.insert(flaw.operation);
    const Operation& operation = history.operations[flaw.operation];
    if (is_final_read(operation, *quiet)) found.flaws.push_back(flaw);
  }
  std::vector<KeyState> keys(sessions.keys);
  for (EventId e = 0; e < sessions.events.size(); ++e)
    if (const Event& event = sessions.events[e];
        event.is_write() || !flawed.contains(event.operation))
      look_at(history, sessions, e, *quiet, keys[event.key]);
  for (const KeyState& key : keys) {
    if (key.first == no_event) continue;
    ++found.keys;
    found.reads += key.reads;
    found.compared += key.reads > 1 ? 1 : 0;
    const EventId initial =
        sessions.events[key.first].source == from_start                            ? key.first
        : key.other != no_event && sessions.events[key.other].source == from_start ? key.other
                                                                                   : no_event;
    const auto operation = [&](EventId e) { return sessions.events[e].operation; };
    if (initial != no_event && key.acknowledged != no_event)
      found.divergences.push_back(
          {Divergence::Kind::lost, operation(key.acknowledged), operation(initial)});
    else if (key.other != no_event && (key.unsettled || key.open))
      ++found.undecided;
    else if (key.other != no_event)
      found.divergences.push_back(
          {Divergence::Kind::two_values, operation(key.first), operation(key.other)});
  }
  return found;
}

}  // namespace eris::checkers::weak
