// elle-cli's JSON: what write_edn writes, in one array, keywords as strings; and a table of
// operations as JSON Lines.
#include <vector>

#include "harness/formats/line_writer.hpp"
#include "harness/model/json_text.hpp"

namespace eris::formats {

namespace {

using model::History;
using model::Operation;
using model::Value;
using model::json::append_number;
using model::json::append_value;

void add(std::string& out, std::string_view name, const Value* value) {
  if (value == nullptr) return;
  out += name;
  append_value(out, *value);
}

void add_error(std::string& out, const std::string* error) {
  if (error == nullptr) return;
  out += ",\"error\":";
  model::json::append_text(out, *error);
}

struct Json {
  static constexpr std::string_view open = "[", between = ",\n", close = "]\n";
  static constexpr std::string_view index = "{\"index\":", time = ",\"time\":",
                                    type = ",\"type\":\"", process = "\",\"process\":",
                                    function = ",\"f\":", value = ",\"value\":", after_key = ",",
                                    argument = ",\"argument\":", result = ",\"result\":",
                                    observed = ",\"observed\":", error = ",\"error\":", end = "}";

  static void append_name(std::string& out, std::string_view name) {
    model::json::append_string(out, name);
  }
  static void append_value(std::string& out, const Value& value) {
    model::json::append_value(out, value);
  }
  static void append_main_value(std::string& out, const Value& value) {
    model::json::append_value(out, value);
  }
  static void append_text(std::string& out, const std::string& text) {
    model::json::append_text(out, text);
  }
};

/// The places of a request and of its answer among all of them.
struct Places {
  std::uint64_t call = 0;
  std::uint64_t returned = 0;
};

std::vector<Places> places_of(const History& history) {
  std::vector<Places> places(history.operations.size());
  std::uint64_t next = 0;
  for_each_moment(history, [&](const Moment& moment) {
    Places& at = places[moment.operation];
    (moment.type == Type::invoke ? at.call : at.returned) = next++;
  });
  return places;
}

/// One row. Members that are nil are left out where that says the same.
void append_row(std::string& out, const History& history, std::uint32_t i, const Places& at) {
  const Operation& operation = history.operations[i];
  const Members request = members_of(history, {i, Type::invoke});
  const Members answer = members_of(history, {i, Type::info});
  out += "{\"process\":";
  append_number(out, operation.process.value);
  out += ",\"f\":";
  model::json::append_string(out, request.function);
  if (const Value& key = history.key_of(operation); !key.is_nil()) add(out, ",\"key\":", &key);
  if (!operation.argument.is_nil()) add(out, ",\"value\":", &operation.argument);
  add(out, ",\"argument\":", request.argument);
  if (answer.observed != nullptr)
    add(out, ",\"observed\":", answer.observed);
  else if (!operation.result.is_nil())
    add(out, ",\"result\":", &operation.result);
  out += ",\"call\":";
  append_number(out, at.call);
  out += ",\"return\":";
  append_number(out, at.returned);
  out += ",\"call_time\":";
  append_number(out, operation.invoked_at.count());
  out += ",\"return_time\":";
  append_number(out, operation.completed_at.count());
  out += ",\"status\":\"";
  out += to_text(operation.status);
  out += '"';
  add_error(out, answer.error);
  out += "}\n";
}

}  // namespace

void write_json(const History& history, const Sink& sink) {
  LineWriter<Json>(history, sink).run();
}

void write_jsonl(const History& history, const Sink& sink) {
  const std::vector<Places> places = places_of(history);
  Output output(sink);
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    append_row(output.text(), history, i, places[i]);
    output.line_done();
  }
  output.flush();
}

}  // namespace eris::formats
