#include "harness/formats/json_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace eris::formats {

using model::Value;
using simdjson::ondemand::json_type;

namespace {

constexpr int depth_max = 500;

[[noreturn]] void unexpected_json(JsonValue& json, std::string_view expected) {
  const char* const at = JsonReader::place_of(json);
  std::string_view found = json.raw_json_token();
  found = found.substr(0, found.find_last_not_of(" \t\r\n") + 1);
  throw Malformed{at, fmt::format("expected {}, found {}", expected, found.substr(0, 40))};
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// {"bytes":"c328"}, which is how Eris writes text that is not UTF-8.
std::optional<Value> bytes_of(Value::Elements pairs) {
  if (pairs.size() != 1 || pairs[0].list()[0] != Value("bytes") || !pairs[0].list()[1].is_text())
    return std::nullopt;
  const std::string_view digits = pairs[0].list()[1].text();
  std::string bytes;
  if (digits.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const char* const end = digits.data() + i + 2;
    if (std::from_chars(end - 2, end, byte, 16).ptr != end) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return Value(std::string_view(bytes));
}

}  // namespace

const char* JsonReader::place_of(JsonValue& json) {
  return json.raw_json_token().data();
}

void JsonReader::read_object(std::string_view object,
                             const std::function<void(std::string_view, JsonValue)>& read_member) {
  simdjson::ondemand::document document;
  bool begun = false;
  try {
    document =
        parser_.iterate(object.data(), object.size(), object.size() + simdjson::SIMDJSON_PADDING);
    begun = true;
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key();
      read_member(name, field.value());
    }
  } catch (const simdjson::simdjson_error& error) {
    const char* at = object.data();
    if (begun) {
      const auto location = document.current_location();
      if (location.error() == simdjson::SUCCESS) at = location.value_unsafe();
    }
    if (at < object.data() || at > object.data() + object.size()) at = object.data();
    throw Malformed{at, fmt::format("malformed JSON: {}", simdjson::error_message(error.error()))};
  }
}

std::string_view JsonReader::read_text(JsonValue json, std::string_view expected) {
  std::string_view text;
  if (json.get_string().get(text) != simdjson::SUCCESS) unexpected_json(json, expected);
  return text;
}

std::int64_t JsonReader::read_integer(JsonValue json, std::string_view expected) {
  const Value number = json.type() == json_type::number ? read_number(json) : Value();
  if (auto problem = trouble()) throw Malformed{std::move(*problem)};
  if (!number.is_integer()) unexpected_json(json, expected);
  return number.integer();
}

Value JsonReader::read_number(JsonValue json) {
  std::int64_t integer = 0;
  if (json.get_int64().get(integer) == simdjson::SUCCESS) return {integer};
  double real = 0;
  constexpr double exact_max = 9007199254740992;  // 2^53: from there on doubles skip integers
  if (json.get_double().get(real) == simdjson::SUCCESS && std::trunc(real) == real &&
      std::abs(real) <= exact_max)
    return {static_cast<std::int64_t>(real)};
  std::string_view token = json.raw_json_token();
  token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  if (!trouble_)
    trouble_ =
        Malformed{token.data(), fmt::format("expected an integer: {} is none of 64 bits", token),
                  "Eris holds integers of 64 bits; write others as text"};
  return Value(token);
}

Value JsonReader::read_map(JsonValue json, int depth) {
  Value::List pairs;
  for (auto field : json.get_object()) {
    const std::string_view name = field.unescaped_key();
    const auto number = integer_of(name);
    Value key = number ? Value(*number) : words_.value_of(name);
    Value::List pair{std::move(key), read_nested(field.value(), depth + 1)};
    pairs.emplace_back(std::move(pair));
  }
  if (auto bytes = bytes_of(pairs)) return std::move(*bytes);
  std::ranges::sort(pairs);
  return Value(std::move(pairs));
}

Value JsonReader::read_nested(JsonValue json, int depth) {
  if (depth > depth_max)
    throw Malformed{place_of(json), fmt::format("values are nested more than {} deep", depth_max)};
  switch (json.type()) {
    case json_type::array: {
      Value::List items;
      for (auto item : json.get_array()) items.push_back(read_nested(item.value(), depth + 1));
      return Value(std::move(items));
    }
    case json_type::object:
      return read_map(json, depth);
    case json_type::string:
      return words_.value_of(json.get_string());
    case json_type::boolean:
      return Value(json.get_bool().value());
    case json_type::null:
      if (!json.is_null()) unexpected_json(json, "null");
      return {};
    case json_type::number:
      return read_number(json);
  }
  unexpected_json(json, "a value");
}

Value JsonReader::read_value(JsonValue json) {
  return read_nested(json, 0);
}

std::vector<Value>& JsonReader::read_array(JsonValue json) {
  items_.clear();
  for (auto item : json.get_array()) items_.push_back(read_nested(item.value(), 1));
  return items_;
}

JsonObjects::JsonObjects(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {
  skip_blank();
  if (at_ != end_ && *at_ == '[') array_ = at_++;
}

void JsonObjects::skip_blank() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
}

std::optional<std::string_view> JsonObjects::next() {
  const auto expected = [this](std::string_view what) {
    const std::string found = at_ == end_ ? "the end of the file" : fmt::format("'{}'", *at_);
    return Malformed{at_, fmt::format("expected {}, found {}", what, found)};
  };
  skip_blank();
  if (array_ != nullptr && !closed_ && at_ != end_ && *at_ == ']') {
    ++at_;
    closed_ = true;
    skip_blank();
  }
  if (closed_) {
    if (at_ != end_) throw expected("the end of the file");
    return std::nullopt;
  }
  if (array_ == nullptr && at_ == end_) return std::nullopt;
  if (array_ != nullptr && !first_) {
    if (at_ == end_) throw Malformed{array_, "this '[' has no ']': the file ends before it"};
    if (*at_ != ',') throw expected("',' or ']'");
    ++at_;
    skip_blank();
  }
  first_ = false;
  if (at_ == end_ || *at_ != '{') throw expected("an operation's object, '{'");
  return take_object();
}

/// Up to the brace that closes it. Whether what is between is JSON, its reader tells.
std::string_view JsonObjects::take_object() {
  const char* const begin = at_;
  int depth = 0;
  for (; at_ != end_; ++at_) {
    if (*at_ == '{') ++depth;
    if (*at_ == '}' && --depth == 0) return {begin, static_cast<std::size_t>(++at_ - begin)};
    if (*at_ != '"') continue;
    for (++at_; at_ != end_ && *at_ != '"'; ++at_)
      if (*at_ == '\\' && at_ + 1 != end_) ++at_;
    if (at_ == end_) break;
  }
  throw Malformed{begin, "this '{' has no '}': the file ends before it"};
}

}  // namespace eris::formats
