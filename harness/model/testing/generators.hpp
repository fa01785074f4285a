// RapidCheck generators of events and plans, for property tests of whatever reads or writes them.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "harness/model/event.hpp"
#include "harness/model/plan.hpp"

namespace eris::model::testing {

/// At most a few items: nested containers of RapidCheck's usual lengths take too long.
template <typename Container, typename T>
rc::Gen<Container> short_container(rc::Gen<T> item) {
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 5), [item](std::size_t count) {
    return rc::gen::container<Container>(count, item);
  });
}

/// Pieces of text that writers and readers get wrong: quotes, controls, several-byte characters.
inline rc::Gen<std::string> utf8_text() {
  const auto piece = rc::gen::element<std::string>(
      "a", "Zz", "0", " ", "\"", "\\", "\n", "\t", "\r", std::string(1, '\0'), "\x01", "\x1f",
      "\x7f", "é", "→", "日本", "𝄞", "\xEF\xBF\xBD", "{", "}", "[", ",", ":", "=", "#");
  return rc::gen::map(short_container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces) text += each;
                        return text;
                      });
}

/// As utf8_text, and now and then bytes that are no text at all.
inline rc::Gen<std::string> any_text() {
  return rc::gen::weightedOneOf<std::string>(
      {{4, utf8_text()}, {1, short_container<std::string>(rc::gen::arbitrary<char>())}});
}

inline rc::Gen<std::int64_t> any_integer() {
  constexpr auto low = std::numeric_limits<std::int64_t>::min();
  constexpr auto high = std::numeric_limits<std::int64_t>::max();
  return rc::gen::weightedOneOf<std::int64_t>(
      {{4, rc::gen::arbitrary<std::int64_t>()},
       {1, rc::gen::elementOf(std::vector<std::int64_t>{low, low + 1, -1, 0, 1, high - 1, high})}});
}

inline rc::Gen<std::uint64_t> any_count() {
  constexpr auto high = std::numeric_limits<std::uint64_t>::max();
  return rc::gen::weightedOneOf<std::uint64_t>(
      {{4, rc::gen::arbitrary<std::uint64_t>()},
       {1, rc::gen::elementOf(std::vector<std::uint64_t>{0, 1, high / 2, high / 2 + 1, high})}});
}

inline rc::Gen<Value> any_value(int depth = 3) {
  const auto scalar = rc::gen::oneOf(
      rc::gen::just(Value()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(any_integer(), [](std::int64_t i) { return Value(i); }),
      rc::gen::map(any_text(),
                   [](const std::string& text) { return Value(std::string_view(text)); }));
  if (depth == 0) return scalar;
  const auto list = rc::gen::map(short_container<Value::List>(any_value(depth - 1)),
                                 [](Value::List items) { return Value(std::move(items)); });
  return rc::gen::weightedOneOf<Value>({{3, scalar}, {1, list}});
}

inline rc::Gen<Fields> any_fields() {
  return short_container<Fields>(rc::gen::pair(utf8_text(), any_value()));
}

inline rc::Gen<Function> any_function() {
  return rc::gen::elementOf(std::vector<Function>{
      function::read, function::write, function::cas, function::append, function::remove,
      function::increment, Function("fifteen-letters"), Function("é\"\\\n")});
}

inline rc::Gen<Op> any_op() {
  return rc::gen::map(rc::gen::tuple(any_count(), any_function(), any_value(1), any_value()),
                      [](std::tuple<std::uint64_t, Function, Value, Value> parts) {
                        auto& [process, function, key, argument] = parts;
                        return Op{base::ProcessId(process), function, std::move(key),
                                  std::move(argument)};
                      });
}

inline rc::Gen<Outcome> any_outcome() {
  return rc::gen::map(rc::gen::tuple(rc::gen::element(Status::ok, Status::fail, Status::info),
                                     any_value(), any_text()),
                      [](std::tuple<Status, Value, std::string> parts) {
                        auto& [status, result, error] = parts;
                        return Outcome{status, std::move(result), std::move(error)};
                      });
}

inline rc::Gen<base::NodeId> any_node() {
  return rc::gen::map(rc::gen::arbitrary<std::uint32_t>(),
                      [](std::uint32_t number) { return base::NodeId(number); });
}

inline void draw(LinkQuality& quality) {
  quality = {*any_integer(), *any_integer(), *any_integer(), *any_integer(),
             base::Duration(*any_integer())};
}
inline void draw(ClockBend& bend) {
  bend = {base::Duration(*any_integer()), *any_integer(), base::Duration(*any_integer())};
}
inline void draw(DiskTrouble& trouble) {
  trouble = *rc::gen::element(DiskTrouble::slow, DiskTrouble::full, DiskTrouble::failing,
                              DiskTrouble::corrupted, DiskTrouble::misdirected);
}
inline void draw(ServerData& data) {
  data = *rc::gen::element(ServerData::kept, ServerData::erased);
}

template <std::size_t... Indexes>
FaultAction default_action(std::size_t kind, std::index_sequence<Indexes...>) {
  FaultAction action;
  (void)((kind == Indexes && (action.emplace<Indexes>(), true)) || ...);
  return action;
}

/// Also those that undo others, which no plan may hold.
inline rc::Gen<FaultAction> any_action() {
  const auto links = short_container<std::vector<Link>>(rc::gen::map(
      rc::gen::pair(any_node(), any_node()),
      [](std::pair<base::NodeId, base::NodeId> ends) { return Link{ends.first, ends.second}; }));
  const auto nodes = short_container<std::vector<base::NodeId>>(any_node());
  return rc::gen::exec([links, nodes] {
    const auto kind = *rc::gen::inRange<std::size_t>(0, std::variant_size_v<FaultAction>);
    FaultAction action =
        default_action(kind, std::make_index_sequence<std::variant_size_v<FaultAction>>());
    std::visit(
        [&](auto& act) {
          if constexpr (requires { act.links; })
            act.links = *links;
          else
            act.nodes = *nodes;
          if constexpr (requires { act.settings; }) draw(act.settings);
        },
        action);
    return action;
  });
}

inline rc::Gen<FaultEvent> any_fault_event() {
  return rc::gen::exec([] {
    FaultEvent fault;
    fault.fault = *any_count();
    fault.name = *any_text();
    fault.description = *any_text();
    fault.phase = *rc::gen::element(FaultPhase::decided, FaultPhase::applied, FaultPhase::reverting,
                                    FaultPhase::reverted, FaultPhase::failed, FaultPhase::skipped);
    fault.action = *any_action();
    fault.evidence.took_effect = *rc::gen::arbitrary<bool>();
    fault.evidence.facts = *any_fields();
    return fault;
  });
}

inline rc::Gen<Event> any_event() {
  return rc::gen::exec([] {
    Event event{.index = *any_count(), .time = base::Instant(*any_integer()), .what = Note{}};
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        event.what = Invoked{*any_op()};
        break;
      case 1:
        event.what = Completed{*any_op(), *any_outcome()};
        break;
      case 2:
        event.what = *any_fault_event();
        break;
      case 3:
        event.what = NodeEvent{*any_node(), *any_text(), *any_fields()};
        break;
      default:
        event.what = Note{*any_text()};
    }
    return event;
  });
}

/// A catalogue with an option of each kind, for tests of plans.
inline const Catalogue& catalogue() {
  using namespace std::chrono_literals;
  static const Catalogue made{
      .systems =
          {{.name = "raft",
            .options = {{.name = "fsync", .kind = OptionKind::boolean, .default_value = true},
                        {.name = "heartbeat",
                         .kind = OptionKind::duration,
                         .default_value = base::Duration(50ms),
                         .minimum = 0.001,
                         .maximum = 10},
                        {.name = "segment",
                         .kind = OptionKind::bytes,
                         .default_value = std::int64_t{65536},
                         .minimum = 4096},
                        {.name = "bugs",
                         .kind = OptionKind::text_list,
                         .default_value = std::vector<std::string>{},
                         .choices = {"stale-read", "lost-vote"}}}},
           {.name = "etcd",
            .options = {{.name = "path",
                         .kind = OptionKind::text,
                         .default_value = std::string("etcd")}}}},
      .workloads = {{.name = "register",
                     .options = {{.name = "keys",
                                  .kind = OptionKind::integer,
                                  .default_value = std::int64_t{10},
                                  .minimum = 1,
                                  .maximum = 1000}}},
                    {.name = "kv",
                     .options = {{.name = "skew",
                                  .kind = OptionKind::real,
                                  .default_value = 0.5,
                                  .minimum = 0}}}},
      .faults = {{.name = "partition",
                  .options = {{.name = "shape",
                               .kind = OptionKind::choice,
                               .default_value = std::string("halves"),
                               .choices = {"halves", "isolate-leader", "bridge"}}}},
                 {.name = "kill"}},
      .checks = {{.name = "linearizable"}, {.name = "sequential"}}};
  return made;
}

}  // namespace eris::model::testing
