#include "harness/model/json_read.hpp"

#include <algorithm>
#include <optional>

#include "harness/base/text.hpp"

namespace eris::model::json {

namespace {

/// The start of what stands in the document, for messages.
std::string excerpt(JsonValue& json) {
  constexpr std::size_t shown_bytes_max = 32;
  const std::string_view token = base::trim(json.raw_json_token());
  if (token.size() <= shown_bytes_max) return std::string(token);
  return std::string(token.substr(0, shown_bytes_max)) + "…";
}

std::optional<int> hexadecimal_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

std::string from_hexadecimal(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const auto high = hexadecimal_digit(digits[i]);
    const auto low = hexadecimal_digit(digits[i + 1]);
    if (!high || !low) break;
    bytes += static_cast<char>(*high * 16 + *low);
  }
  if (bytes.size() * 2 != digits.size())
    throw Malformed{fmt::format("'{}' is not a string of bytes", digits),
                    "write two hexadecimal digits, 0-9 and a-f, for each byte"};
  return bytes;
}

std::string read_bytes(JsonValue json) {
  std::string bytes;
  read_object(
      json,
      {{"bytes", [&bytes](JsonValue digits) { bytes = from_hexadecimal(read_word(digits)); }}});
  return bytes;
}

std::vector<std::string> names_of(std::initializer_list<Member> members) {
  std::vector<std::string> names;
  for (const Member& member : members) names.emplace_back(member.name);
  return names;
}

}  // namespace

void expected_word(JsonValue json) {
  throw Malformed{fmt::format("expected a string, not {}", excerpt(json))};
}

void expected_integer(JsonValue json) {
  throw Malformed{fmt::format("expected a whole number of 64 bits, not {}", excerpt(json)),
                  "write other numbers as text"};
}

void expected_count(JsonValue json) {
  throw Malformed{
      fmt::format("expected a whole number of 64 bits, not negative, not {}", excerpt(json))};
}

Value read_value(JsonValue json, int depth) {
  switch (json.type()) {
    case json_type::number:
      return Value(read_integer(json));
    case json_type::string:
      return Value(read_word(json));
    case json_type::boolean:
      return Value(json.get_bool().value());
    case json_type::null:
      if (!json.is_null()) break;
      return {};
    case json_type::object:
      return Value(std::string_view(read_bytes(json)));
    case json_type::array: {
      if (depth >= depth_max)
        throw Malformed{fmt::format("lists are nested deeper than {}", depth_max)};
      Value::List list;
      for (auto item : json.get_array()) list.push_back(read_value(item.value(), depth + 1));
      return Value(std::move(list));
    }
  }
  throw Malformed{fmt::format("'{}' is no value", excerpt(json)),
                  "a value is null, true, false, a whole number, a string or an array of values"};
}

std::string read_text(JsonValue json) {
  return json.type() == json_type::object ? read_bytes(json) : std::string(read_word(json));
}

bool read_boolean(JsonValue json) {
  bool boolean = false;
  if (json.get_bool().get(boolean) != simdjson::SUCCESS)
    throw Malformed{fmt::format("expected true or false, not {}", excerpt(json))};
  return boolean;
}

double read_real(JsonValue json) {
  double number = 0;
  if (json.get_double().get(number) != simdjson::SUCCESS)
    throw Malformed{fmt::format("expected a number, not {}", excerpt(json))};
  return number;
}

Fields read_fields(JsonValue json) {
  if (json.type() != json_type::object)
    throw Malformed{fmt::format("expected an object, not {}", excerpt(json))};
  Fields fields;
  for (auto field : json.get_object()) {
    std::string name(std::string_view(field.unescaped_key()));
    fields.emplace_back(std::move(name), read_value(field.value()));
  }
  return fields;
}

void read_object(JsonValue json, std::initializer_list<Member> members) {
  if (json.type() != json_type::object)
    throw Malformed{fmt::format("expected an object, not {}", excerpt(json))};
  read_object(json.get_object().value(), members);
}

void read_object(simdjson::ondemand::object object, std::initializer_list<Member> members) {
  std::vector<bool> seen(members.size());
  for (auto field : object) {
    const std::string name(std::string_view(field.unescaped_key()));
    const auto* const member = std::ranges::find(members, name, &Member::name);
    if (member == members.end())
      throw Malformed{fmt::format("unknown member '{}'", name),
                      base::did_you_mean(name, names_of(members))};
    const auto position = static_cast<std::size_t>(member - members.begin());
    if (seen[position]) throw Malformed{fmt::format("member '{}' stands there twice", name)};
    seen[position] = true;
    member->read(field.value());
  }
  for (std::size_t i = 0; i < members.size(); ++i)
    if (const Member& member = members.begin()[i]; !seen[i] && !member.may_lack)
      throw Malformed{fmt::format("member '{}' is missing", member.name)};
}

std::unexpected<base::Error> malformed_json(const simdjson::simdjson_error& error) {
  std::string_view message = error.what();
  if (message.ends_with('.')) message.remove_suffix(1);
  return base::usage_error(fmt::format("malformed JSON: {}", message));
}

void expect_end(simdjson::ondemand::document& document) {
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS)
    throw Malformed{"something follows the end of the JSON object"};
}

}  // namespace eris::model::json
