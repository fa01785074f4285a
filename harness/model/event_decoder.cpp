#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/model/event_names.hpp"
#include "harness/model/fault_settings.hpp"
#include "harness/model/json_read.hpp"
#include "harness/model/operation_scanner.hpp"

namespace eris::model {

namespace {

using json::JsonValue;
using json::Malformed;

/// Everything that may stand in a line, in the order in which the encoder writes it.
constexpr std::array<std::string_view, 16> member_names{
    "index",  "time",     "process", "type",  "f",    "key",  "value",  "argument",
    "result", "observed", "error",   "fault", "node", "what", "fields", "note"};

enum MemberIndex : std::uint8_t {
  at_index,
  at_time,
  at_process,
  at_type,
  at_f,
  at_key,
  at_value,
  at_argument,
  at_result,
  at_observed,
  at_error,
  at_fault,
  at_node,
  at_what,
  at_fields,
  at_note,
};

constexpr std::uint32_t bit(MemberIndex member) {
  return 1u << member;
}

template <typename... Members>
constexpr std::uint32_t bits(Members... members) {
  return (bit(members) | ...);
}

/// A line's members before they are put together. What few lines have costs the others nothing.
struct Line {
  std::uint32_t seen = 0;  ///< bits of the members that stand in the line
  EventIndex index = 0;
  base::Instant time{};
  base::ProcessId process;
  std::optional<Status> completion;  ///< nothing for an invocation
  Function function;
  Value key;
  Value value;
  Value argument;
  Value result;  ///< "result" or "observed"
  std::string error;
  std::optional<FaultEvent> fault;
  std::optional<NodeEvent> node;
  std::optional<std::string> note;

  NodeEvent& node_event() { return node ? *node : node.emplace(); }
};

/// The member that a key names. Lines that the encoder wrote have their members in order, so the
/// search starts where the last one ended and nearly always ends at once.
MemberIndex find_member(simdjson::ondemand::raw_json_string key, std::size_t hint) {
  for (std::size_t i = 0; i < member_names.size(); ++i) {
    const std::size_t candidate = (hint + i) % member_names.size();
    if (key == member_names[candidate]) return static_cast<MemberIndex>(candidate);
  }
  const std::string name(key.raw(), std::find(key.raw(), key.raw() + 32, '"'));
  throw Malformed{fmt::format("unknown member '{}'", name),
                  base::did_you_mean(name, {member_names.begin(), member_names.end()})};
}

std::optional<Status> read_type(JsonValue json) {
  const std::string_view type = json::read_word(json);
  if (type == "invoke") return std::nullopt;
  if (type == "ok") return Status::ok;
  if (type == "fail") return Status::fail;
  if (type == "info") return Status::info;
  throw Malformed{fmt::format("unknown type '{}'", type),
                  base::did_you_mean(type, {"invoke", "ok", "fail", "info"})};
}

Function read_function(JsonValue json) {
  const std::string_view name = json::read_word(json);
  if (name.empty() || !Function::fits(name))
    throw Malformed{fmt::format("'{}' cannot name a function", name),
                    fmt::format("use 1 to {} characters", Function::capacity)};
  return Function(name);
}

/// Unlike base::parse_node, takes n0 too: no node.
base::NodeId read_node(JsonValue json) {
  const std::string_view name = json::read_word(json);
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  if (name.size() > 1 && name[0] == 'n') {
    const auto [rest, problem] = std::from_chars(name.data() + 1, end, number);
    if (problem == std::errc{} && rest == end) return base::NodeId(number);
  }
  throw Malformed{fmt::format("'{}' is no node", name), "nodes are n1, n2, …"};
}

Link read_link(JsonValue json) {
  const std::vector<base::NodeId> ends = json::read_list(json, read_node);
  if (ends.size() != 2) throw Malformed{"a link is an array of two nodes"};
  return {ends[0], ends[1]};
}

FaultPhase read_phase(JsonValue json) {
  const std::string_view name = json::read_word(json);
  std::vector<std::string> names;
  for (auto phase = FaultPhase::decided; phase <= FaultPhase::skipped;
       phase = static_cast<FaultPhase>(static_cast<int>(phase) + 1)) {
    names.emplace_back(to_text(phase));
    if (names.back() == name) return phase;
  }
  throw Malformed{fmt::format("unknown phase '{}'", name), base::did_you_mean(name, names)};
}

/// A fault's action before it is known which.
struct ActionParts {
  std::string name;
  std::optional<std::vector<Link>> links;
  std::optional<std::vector<base::NodeId>> nodes;
  std::optional<Fields> settings;
};

template <typename Setting>
Setting to_setting(std::string_view name, const Value& value) {
  if constexpr (std::is_enum_v<Setting>) {
    const auto& names = names_of_enumerators(Setting{});
    const auto found = std::ranges::find(names, value.is_text() ? value.text() : "");
    if (found == names.end())
      throw Malformed{fmt::format("'{}' is none of its values", name),
                      base::did_you_mean("", {names.begin(), names.end()})};
    return static_cast<Setting>(found - names.begin());
  } else {
    if (!value.is_integer()) throw Malformed{fmt::format("'{}' needs a whole number", name)};
    return Setting(value.integer());
  }
}

template <typename Settings>
void take_settings(const Fields& fields, Settings& settings) {
  std::vector<std::string> known;
  each_setting(settings, [&](std::string_view name, auto& setting) {
    known.emplace_back(name);
    const Value* value = find(fields, name);
    if (value == nullptr) throw Malformed{fmt::format("the settings lack '{}'", name)};
    setting = to_setting<std::decay_t<decltype(setting)>>(name, *value);
  });
  for (const auto& [name, value] : fields)
    if (std::ranges::find(known, name) == known.end())
      throw Malformed{fmt::format("unknown setting '{}'", name), base::did_you_mean(name, known)};
}

template <typename Action>
FaultAction fill_action(ActionParts& parts) {
  Action action;
  if constexpr (ActsOnLinks<Action>) {
    if (!parts.links || parts.nodes)
      throw Malformed{fmt::format("'{}' needs links and no nodes", parts.name)};
    action.links = std::move(*parts.links);
  } else {
    if (!parts.nodes || parts.links)
      throw Malformed{fmt::format("'{}' needs nodes and no links", parts.name)};
    action.nodes = std::move(*parts.nodes);
  }
  if (HasSettings<Action> != parts.settings.has_value())
    throw Malformed{
        fmt::format("'{}' {} settings", parts.name, HasSettings<Action> ? "needs" : "has no")};
  if constexpr (HasSettings<Action>) take_settings(*parts.settings, action.settings);
  return action;
}

template <std::size_t Index = 0>
FaultAction make_action(ActionParts& parts) {
  if constexpr (Index == action_names.size()) {
    throw Malformed{fmt::format("unknown action '{}'", parts.name),
                    base::did_you_mean(parts.name, {action_names.begin(), action_names.end()})};
  } else {
    if (parts.name != action_names[Index]) return make_action<Index + 1>(parts);
    return fill_action<std::variant_alternative_t<Index, FaultAction>>(parts);
  }
}

FaultAction read_action(JsonValue json) {
  ActionParts parts;
  for (auto field : json.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "do")
      parts.name = json::read_text(field.value());
    else if (key == "links")
      parts.links = json::read_list(field.value().value(), read_link);
    else if (key == "nodes")
      parts.nodes = json::read_list(field.value().value(), read_node);
    else if (key == "settings")
      parts.settings = json::read_fields(field.value());
    else
      throw Malformed{fmt::format("unknown member '{}'", key),
                      base::did_you_mean(key, {"do", "links", "nodes", "settings"})};
  }
  return make_action(parts);
}

FaultEvent read_fault(JsonValue json) {
  FaultEvent fault;
  json::read_object(json,
                    {{"id", json::into(fault.fault, json::read_count)},
                     {"name", json::into(fault.name, json::read_text)},
                     {"description", json::into(fault.description, json::read_text)},
                     {"phase", json::into(fault.phase, read_phase)},
                     {"action", json::into(fault.action, read_action)},
                     {"took-effect", json::into(fault.evidence.took_effect, json::read_boolean)},
                     {"facts", json::into(fault.evidence.facts, json::read_fields)}});
  return fault;
}

void read_member(Line& line, MemberIndex member, JsonValue json) {
  switch (member) {
    case at_index:
      line.index = json::read_count(json);
      return;
    case at_time:
      line.time = json::read_nanoseconds(json);
      return;
    case at_process:
      line.process = base::ProcessId(json::read_count(json));
      return;
    case at_type:
      line.completion = read_type(json);
      return;
    case at_f:
      line.function = read_function(json);
      return;
    case at_key:
      line.key = json::read_value(json);
      return;
    case at_value:
      line.value = json::read_value(json);
      return;
    case at_argument:
      line.argument = json::read_value(json);
      return;
    case at_result:
    case at_observed:
      line.result = json::read_value(json);
      return;
    case at_error:
      line.error = json::read_text(json);
      return;
    case at_fault:
      line.fault = read_fault(json);
      return;
    case at_node:
      line.node_event().node = read_node(json);
      return;
    case at_what:
      line.node_event().what = json::read_text(json);
      return;
    case at_fields:
      line.node_event().fields = json::read_fields(json);
      return;
    case at_note:
      line.note = json::read_text(json);
      return;
  }
}

Line read_line(simdjson::ondemand::document& document) {
  Line line;
  std::size_t hint = 0;
  for (auto field : document.get_object()) {
    const MemberIndex member = find_member(field.key(), hint);
    if ((line.seen & bit(member)) != 0)
      throw Malformed{fmt::format("member '{}' stands there twice", member_names[member])};
    line.seen |= bit(member);
    hint = member + 1u;
    read_member(line, member, field.value());
  }
  json::expect_end(document);
  return line;
}

/// Throws unless the line has all of `required` and nothing but these and `optional`.
void expect_members(const Line& line, std::string_view kind, std::uint32_t required,
                    std::uint32_t optional = 0) {
  if ((line.seen & required) == required && (line.seen & ~(required | optional)) == 0) return;
  for (std::size_t i = 0; i < member_names.size(); ++i) {
    const bool is_seen = (line.seen >> i & 1u) != 0;
    if (!is_seen && (required >> i & 1u) != 0)
      throw Malformed{fmt::format("{} needs a member '{}'", kind, member_names[i])};
    if (is_seen && ((required | optional) >> i & 1u) == 0)
      throw Malformed{fmt::format("{} has no member '{}'", kind, member_names[i])};
  }
}

constexpr std::uint32_t place = bits(at_index, at_time);
constexpr std::uint32_t request = place | bits(at_process, at_type, at_f);

Op take_op(Line& line) {
  return {line.process, line.function, std::move(line.key), std::move(line.value)};
}

Invoked make_invoked(Line& line) {
  expect_members(line, "an invocation", request, bits(at_key, at_value));
  return {take_op(line)};
}

Completed make_completed(Line& line) {
  const Status status = *line.completion;
  const std::uint32_t optional = bits(at_key, at_value, at_error);
  Completed completed;
  if (status == Status::ok && value_is_result(line.function)) {
    expect_members(line, "an ok read", request, optional | bit(at_argument));
    std::swap(line.value, line.argument);
    completed.outcome.result = std::move(line.argument);
  } else {
    const bool has_failed = status == Status::fail;
    expect_members(line, has_failed ? "a failure" : "a completion", request,
                   optional | bit(has_failed ? at_observed : at_result));
    completed.outcome.result = std::move(line.result);
  }
  completed.outcome.status = status;
  completed.outcome.error = std::move(line.error);
  completed.op = take_op(line);
  return completed;
}

Event make_event(Line& line) {
  Event event{.index = line.index, .time = line.time, .what = Note{}};
  if ((line.seen & bit(at_process)) != 0) {
    if (line.completion)
      event.what = make_completed(line);
    else
      event.what = make_invoked(line);
  } else if ((line.seen & bit(at_node)) != 0) {
    expect_members(line, "a node's event", place | bits(at_node, at_what, at_fields));
    event.what = std::move(*line.node);
  } else if ((line.seen & bit(at_fault)) != 0) {
    expect_members(line, "a fault's event", place | bit(at_fault));
    event.what = std::move(*line.fault);
  } else {
    expect_members(line, "an event without 'process', 'node' or 'fault'", place | bit(at_note));
    event.what = Note{std::move(*line.note)};
  }
  return event;
}

}  // namespace

base::Result<FaultAction> parse_action(std::string_view json) {
  const simdjson::padded_string padded(json);
  simdjson::ondemand::parser parser;
  return json::read_document(parser, padded, [](simdjson::ondemand::document& document) {
    FaultAction action = read_action(document.get_value());
    json::expect_end(document);
    return action;
  });
}

struct EventDecoder::State {
  simdjson::ondemand::parser parser;
};

EventDecoder::EventDecoder() : state_(std::make_unique<State>()) {
  static_assert(padding_bytes >= simdjson::SIMDJSON_PADDING);
}
EventDecoder::~EventDecoder() = default;

base::Result<Event> EventDecoder::decode(std::string_view line) {
  if (auto event = scan_operation(line)) return std::move(*event);
  return parse(line);
}

base::Result<Event> EventDecoder::parse(std::string_view line) {
  return json::read_document(state_->parser, line, [](simdjson::ondemand::document& document) {
    Line members = read_line(document);
    return make_event(members);
  });
}

}  // namespace eris::model
