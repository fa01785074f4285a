// Histories as elle-cli has them in JSON: Jepsen's operation maps, keywords as strings.
#include <fmt/format.h>

#include "harness/formats/json_values.hpp"
#include "harness/formats/readers.hpp"
#include "harness/model/json_text.hpp"

namespace eris::formats {

namespace {

class RecordReader {
 public:
  explicit RecordReader(Importer& importer) : importer_(importer) {}

  void run(std::string_view text) {
    JsonObjects objects(text);
    const auto read = [this](std::string_view name, JsonValue json) { read_member(name, json); };
    while (const auto object = objects.next()) {
      record_ = {};
      record_.at = object->data();
      json_.read_object(*object, read);
      importer_.add(record_);
    }
  }

 private:
  void read_member(std::string_view name, JsonValue json) {
    if (name == "process") return read_process(json);
    if (name == "type") return read_type(json);
    if (name == "f") return read_function(json);
    if (name == "value") return read_value(json);
    if (name == "time")
      record_.time = json_.read_integer(json, "an integer of nanoseconds as \"time\"");
    else if (name == "index")
      record_.index = json_.read_integer(json, "an integer as \"index\"");
    else if (name == "error")
      read_error(json);
    else if (name == "key")
      record_.key = json_.read_value(json);
    else if (name == "argument")
      record_.argument = json_.read_value(json);
    else if (name == "result")
      record_.result = json_.read_value(json);
    else if (name == "observed")
      record_.observed = json_.read_value(json);
  }

  void read_process(JsonValue json) {
    std::uint64_t number = 0;
    if (json.get_uint64().get(number) == simdjson::SUCCESS) {
      record_.process = number;
      return;
    }
    if (json.is_null()) return;
    record_.other_process = json_.read_text(json, "a number or a string as \"process\"");
  }

  void read_type(JsonValue json) {
    constexpr std::string_view expected = R"(one of "invoke", "ok", "fail", "info" as "type")";
    const char* const at = JsonReader::place_of(json);
    const std::string_view name = json_.read_text(json, expected);
    record_.type = parse_type(name);
    if (record_.type == Type::missing)
      throw Malformed{at, fmt::format("expected {}, found \"{}\"", expected, name)};
  }

  void read_function(JsonValue json) {
    if (json.is_null()) return;
    record_.name = importer_.name(json_.read_text(json, "a string as \"f\""));
  }

  void read_value(JsonValue json) {
    record_.has_value = true;
    record_.value_at = JsonReader::place_of(json);
    if (json.type() == simdjson::ondemand::json_type::array)
      record_.set_list(json_.read_array(json));
    else
      record_.value = json_.read_value(json);
    record_.trouble = json_.trouble();
  }

  void read_error(JsonValue json) {
    const model::Value error = json_.read_value(json);
    static_cast<void>(json_.trouble());
    if (error.is_text())
      record_.error = error.text();
    else if (!error.is_nil())
      model::json::append_value(record_.error, error);
  }

  Importer& importer_;
  JsonReader json_;
  Record record_;
};

}  // namespace

void read_json(std::string_view text, Importer& importer) {
  RecordReader(importer).run(text);
}

}  // namespace eris::formats
