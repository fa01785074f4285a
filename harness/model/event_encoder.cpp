#include <type_traits>

#include "harness/model/event_codec.hpp"
#include "harness/model/event_names.hpp"
#include "harness/model/fault_settings.hpp"
#include "harness/model/json.hpp"
#include "harness/model/json_text.hpp"

namespace eris::model {

namespace {

void append_member(std::string& out, std::string_view name, const Value& value) {
  if (value.is_nil()) return;
  out += ",\"";
  out += name;
  out += "\":";
  json::append_value(out, value);
}

void append_request(std::string& out, std::string_view type, const Op& op) {
  out += ",\"process\":";
  json::append_number(out, op.process.value);
  out += ",\"type\":\"";
  out += type;
  out += "\",\"f\":";
  json::append_string(out, op.function.view());
  append_member(out, "key", op.key);
}

void append(std::string& out, const Invoked& invoked) {
  append_request(out, "invoke", invoked.op);
  append_member(out, "value", invoked.op.argument);
}

void append(std::string& out, const Completed& completed) {
  const auto& [op, outcome] = completed;
  append_request(out, to_text(outcome.status), op);
  if (outcome.status == Status::ok && value_is_result(op.function)) {
    append_member(out, "value", outcome.result);
    append_member(out, "argument", op.argument);
  } else {
    append_member(out, "value", op.argument);
    append_member(out, outcome.status == Status::fail ? "observed" : "result", outcome.result);
  }
  if (!outcome.error.empty()) {
    out += ",\"error\":";
    json::append_text(out, outcome.error);
  }
}

void append_node(std::string& out, base::NodeId node) {
  out += "\"n";
  json::append_number(out, node.value);
  out += '"';
}

void append_targets(std::string& out, const std::vector<Link>& links) {
  std::string_view separator;
  out += R"("links":[)";
  for (const Link& link : links) {
    out += separator;
    out += '[';
    append_node(out, link.from);
    out += ',';
    append_node(out, link.to);
    out += ']';
    separator = ",";
  }
  out += ']';
}

void append_targets(std::string& out, const std::vector<base::NodeId>& nodes) {
  std::string_view separator;
  out += R"("nodes":[)";
  for (const base::NodeId node : nodes) {
    out += separator;
    append_node(out, node);
    separator = ",";
  }
  out += ']';
}

template <typename Setting>
void append_setting(std::string& out, std::string_view name, const Setting& setting) {
  if (out.back() != '{') out += ',';
  json::append_string(out, name);
  out += ':';
  if constexpr (std::is_enum_v<Setting>)
    json::append_string(out, to_text(setting));
  else if constexpr (std::is_same_v<Setting, base::Duration>)
    json::append_number(out, setting.count());
  else
    json::append_number(out, setting);
}

template <typename Settings>
void append_settings(std::string& out, const Settings& settings) {
  out += R"(,"settings":{)";
  each_setting(settings, [&out](std::string_view name, const auto& setting) {
    append_setting(out, name, setting);
  });
  out += '}';
}

}  // namespace

void append_action(std::string& out, const FaultAction& action) {
  out += R"({"do":")";
  out += action_names[action.index()];
  out += "\",";
  std::visit(
      [&out](const auto& act) {
        using Action = std::decay_t<decltype(act)>;
        if constexpr (ActsOnLinks<Action>)
          append_targets(out, act.links);
        else
          append_targets(out, act.nodes);
        if constexpr (HasSettings<Action>) append_settings(out, act.settings);
      },
      action);
  out += '}';
}

namespace {

void append(std::string& out, const FaultEvent& fault) {
  out += R"(,"fault":{"id":)";
  json::append_number(out, fault.fault);
  out += R"(,"name":)";
  json::append_text(out, fault.name);
  out += R"(,"description":)";
  json::append_text(out, fault.description);
  out += R"(,"phase":")";
  out += to_text(fault.phase);
  out += R"(","action":)";
  append_action(out, fault.action);
  out += R"(,"took-effect":)";
  out += fault.evidence.took_effect ? "true" : "false";
  out += R"(,"facts":)";
  json::append_fields(out, fault.evidence.facts);
  out += '}';
}

void append(std::string& out, const NodeEvent& node) {
  out += ",\"node\":";
  append_node(out, node.node);
  out += ",\"what\":";
  json::append_text(out, node.what);
  out += ",\"fields\":";
  json::append_fields(out, node.fields);
}

void append(std::string& out, const Note& note) {
  out += ",\"note\":";
  json::append_text(out, note.text);
}

}  // namespace

void append_event(std::string& out, EventIndex index, base::Instant time, const Event& event) {
  out += "{\"index\":";
  json::append_number(out, index);
  out += ",\"time\":";
  json::append_number(out, time.count());
  std::visit([&out](const auto& what) { append(out, what); }, event.what);
  out += '}';
}

std::string to_json_line(const Event& event) {
  std::string line;
  append_event(line, event.index, event.time, event);
  return line;
}

}  // namespace eris::model
