// Tables as JSON Lines: an operation a line, with the columns of a table as members.
#include <fmt/format.h>

#include "harness/formats/json_values.hpp"
#include "harness/formats/readers.hpp"
#include "harness/formats/table.hpp"

namespace eris::formats {

namespace {

class RowReader {
 public:
  explicit RowReader(Importer& importer) : table_(importer) {}

  void run(std::string_view text) {
    JsonObjects objects(text);
    const auto read = [this](std::string_view name, JsonValue json) {
      if (!json.is_null()) return read_member(parse_column(name), json);
      // A null says as little as no member, but for these: the comparison was made, and this is
      // what was asked, whatever "value" says.
      if (parse_column(name) == Column::observed) row_.observed = model::Value();
      if (parse_column(name) == Column::argument) row_.argument = model::Value();
    };
    while (const auto object = objects.next()) {
      row_ = {.at = object->data()};
      json_.read_object(*object, read);
      table_.add(std::move(row_));
    }
    table_.finish();
  }

 private:
  void read_member(Column column, JsonValue json) {
    switch (column) {
      case Column::process:
        return read_process(json);
      case Column::function:
        row_.name = table_.importer().name(json_.read_text(json, "a string as \"f\""));
        return;
      case Column::key:
        row_.key = read_value(json);
        return;
      case Column::value:
        row_.value = read_value(json);
        return;
      case Column::argument:
        row_.argument = read_value(json);
        return;
      case Column::result:
        row_.result = read_value(json);
        return;
      case Column::observed:
        row_.observed = read_value(json);
        return;
      case Column::call:
        row_.call = json_.read_integer(json, "an integer as \"call\"");
        return;
      case Column::returned:
        row_.returned = json_.read_integer(json, "an integer as \"return\"");
        return;
      case Column::call_time:
        row_.call_time = json_.read_integer(json, "an integer as \"call_time\"");
        return;
      case Column::return_time:
        row_.return_time = json_.read_integer(json, "an integer as \"return_time\"");
        return;
      case Column::status:
        return read_status(json);
      case Column::error:
        return read_error(json);
      case Column::other:
        return;
    }
  }

  model::Value read_value(JsonValue json) {
    model::Value value = json_.read_value(json);
    if (auto trouble = json_.trouble(); trouble && !row_.trouble) row_.trouble = std::move(trouble);
    return value;
  }

  void read_process(JsonValue json) {
    std::uint64_t number = 0;
    if (json.get_uint64().get(number) == simdjson::SUCCESS)
      row_.process = number;
    else
      row_.process_name = json_.read_text(json, "an integer or a string as \"process\"");
  }

  void read_status(JsonValue json) {
    constexpr std::string_view expected = R"(one of "ok", "fail", "info" as "status")";
    const char* const at = JsonReader::place_of(json);
    const std::string_view name = json_.read_text(json, expected);
    row_.status = parse_type(name);
    if (row_.status == Type::missing)
      throw Malformed{at, fmt::format("expected {}, found \"{}\"", expected, name)};
  }

  void read_error(JsonValue json) {
    const model::Value error = json_.read_value(json);
    static_cast<void>(json_.trouble());
    row_.error = error.is_text() ? std::string(error.text()) : to_text(error);
  }

  Table table_;
  JsonReader json_;
  Row row_;
};

}  // namespace

void read_jsonl(std::string_view text, Importer& importer) {
  RowReader(importer).run(text);
}

}  // namespace eris::formats
