#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "harness/base/assert.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/plan_values.hpp"

namespace eris::model {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(byte));
    else
      out += c;
  }
  return out + '"';
}

/// With a point or an exponent, so that it stays apart from an integer.
std::string real_to_toml(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string to_toml_value(const OptionValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return real_to_toml(*real);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::string items;
    for (const std::string& item : *list) items += (items.empty() ? "" : ", ") + in_quotes(item);
    return fmt::format("[{}]", items);
  }
  const bool is_bare =
      std::holds_alternative<bool>(value) || std::holds_alternative<std::int64_t>(value);
  return is_bare ? to_text(value) : in_quotes(to_text(value));
}

void append_line(std::string& out, std::string_view key, const OptionValue& value) {
  out += fmt::format("{} = {}\n", key, to_toml_value(value));
}

void append_values(std::string& out, const std::vector<NamedValue>& values) {
  for (const NamedValue& named : values) append_line(out, named.name, named.value);
}

void append_choice(std::string& out, std::string_view heading, const Choice& choice) {
  out += fmt::format("\n{}\n", heading);
  append_line(out, "name", choice.name);
  for (const auto& [name, value] : choice.options.values()) append_line(out, name, value);
}

/// What an action's JSON holds is TOML, too, but for how members of an object are joined to their
/// names: text, numbers, arrays of them, and objects of those.
std::string to_toml_value(simdjson::dom::element value) {
  simdjson::dom::object members;
  if (value.get(members) != simdjson::SUCCESS) return simdjson::minify(value);
  std::string text;
  for (const auto [name, member] : members)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, to_toml_value(member));
  return "{ " + text + " }";
}

void append_action_lines(std::string& out, const FaultAction& action) {
  std::string json;
  append_action(json, action);
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  const auto problem = parser.parse(padded).get(members);
  ERIS_ASSERT(problem == simdjson::SUCCESS, "an action is written as a JSON object");
  for (const auto [name, value] : members)
    out += fmt::format("{} = {}\n", name, to_toml_value(value));
}

void append_injection(std::string& out, const PlannedInjection& injection) {
  out += "\n[[schedule]]\n";
  append_line(out, "fault", injection.fault);
  append_line(out, "at", injection.at);
  append_line(out, "for", injection.duration);
  append_action_lines(out, injection.action);
  if (!injection.description.empty()) append_line(out, "description", injection.description);
}

/// TOML has no unsigned 64-bit integers, so a large seed is written as text.
std::string seed_to_toml(std::uint64_t seed) {
  const std::string digits = std::to_string(seed);
  return std::in_range<std::int64_t>(seed) ? digits : in_quotes(digits);
}

}  // namespace

std::string to_toml(const Plan& plan) {
  std::string out = fmt::format("seed = {}\n", seed_to_toml(plan.seed));
  append_values(out, values_of(plan));
  append_choice(out, "[system]", plan.system);
  append_choice(out, "[workload]", plan.workload);
  for (const FaultPlan& fault : plan.faults) {
    append_choice(out, "[[fault]]", fault.fault);
    append_values(out, values_of(fault));
  }
  for (const PlannedInjection& injection : plan.schedule) append_injection(out, injection);
  out += "\n[check]\n";
  append_values(out, values_of(plan.check));
  return out;
}

}  // namespace eris::model
