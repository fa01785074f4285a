#include "harness/formats/edn_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "harness/formats/utf8.hpp"

namespace eris::formats {

using model::Value;

const std::array<EdnReader::Kind, 256> EdnReader::kinds = [] {
  std::array<Kind, 256> table{};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v', ','})
    table[static_cast<unsigned char>(c)] = Kind::blank;
  for (const char c : {'(', ')', '[', ']', '{', '}', '"', ';', '\0'})
    table[static_cast<unsigned char>(c)] = Kind::delimiter;
  return table;
}();

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What stands there, for a message: a word or a bracket.
std::string shown(const char* at, std::string_view token) {
  if (token.empty()) token = std::string_view(at, 1);
  constexpr std::size_t shown_max = 40;
  if (token.size() > shown_max) return fmt::format("'{}…'", token.substr(0, shown_max));
  if (token[0] == '\0') return "a NUL byte";
  return fmt::format("'{}'", token);
}

}  // namespace

void EdnReader::refuse(std::string_view expected) {
  skip_blank();
  const char* const at = at_;
  const std::string found =
      at == end_ ? fmt::format("the end of the {}", what_) : shown(at, token());
  throw Malformed{at, fmt::format("expected {}, found {}", expected, found)};
}

void EdnReader::unclosed(const char* open, char close) const {
  throw Malformed{open,
                  fmt::format("this '{}' has no '{}': the {} ends before it", *open, close, what_)};
}

EdnReader::Nested::Nested(EdnReader& reader) : reader_(reader) {
  if (++reader_.depth_ > depth_max)
    throw Malformed{reader_.at_, fmt::format("forms are nested more than {} deep", depth_max)};
}

/// The characters up to the next blank or bracket.
std::string_view EdnReader::token() {
  const char* const begin = at_;
  while (kind(*at_) == Kind::word) ++at_;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

void EdnReader::skip_comments() {
  for (;;) {
    while (kind(*at_) == Kind::blank && at_ != end_) ++at_;
    if (at_ == end_) return;
    if (*at_ == ';') {
      const void* newline = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      at_ = newline == nullptr ? end_ : static_cast<const char*>(newline) + 1;
    } else if (*at_ == '#' && at_[1] == '_') {
      at_ += 2;
      skip_form();
    } else {
      return;
    }
  }
}

void EdnReader::drop_tag() {
  while (peek() == '#' && kind(at_[1]) == Kind::word && at_[1] != '#') {
    ++at_;
    token();
  }
}

std::string_view EdnReader::skip() {
  skip_blank();
  const char* const begin = at_;
  skip_form();
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

void EdnReader::skip_items(char close) {
  const char* const open = at_++;
  for (;;) {
    skip_blank();
    if (*at_ == close) break;
    if (at_ == end_) unclosed(open, close);
    skip_form();
  }
  ++at_;
}

void EdnReader::skip_string() {
  const char* const open = at_++;
  for (; *at_ != '"'; ++at_) {
    if (*at_ == '\\') ++at_;
    if (at_ >= end_) unclosed(open, '"');
  }
  ++at_;
}

void EdnReader::skip_form() {
  const Nested nested(*this);
  skip_blank();
  switch (*at_) {
    case '(':
      return skip_items(')');
    case '[':
      return skip_items(']');
    case '{':
      return skip_items('}');
    case '"':
      return skip_string();
    case '\\':
      read_character();
      return;
    case '^':
      ++at_;
      skip_form();
      return skip_form();
    case '#':
      ++at_;
      if (*at_ == '{') return skip_items('}');
      if (*at_ == '#') {
        token();
        return;
      }
      token();
      return skip_form();
    default:
      if (token().empty()) refuse("a form");
  }
}

Value EdnReader::read() {
  const Nested nested(*this);
  skip_blank();
  const char c = *at_;
  if (is_digit(c) || ((c == '-' || c == '+') && is_digit(at_[1]))) return read_number();
  switch (c) {
    case '[':
      return read_list(']');
    case '(':
      return read_list(')');
    case '{':
      return read_map();
    case '"':
      return read_string();
    case '#':
      return read_tagged();
    case '\\':
      return read_character();
    case '^':
      ++at_;
      skip_form();
      return read();
    default:
      return read_word();
  }
}

std::size_t EdnReader::collect(char close) {
  const char* const open = at_++;
  const std::size_t first = items_.size();
  for (;;) {
    skip_blank();
    if (*at_ == close) break;
    if (at_ == end_) unclosed(open, close);
    Value item = read();
    items_.push_back(std::move(item));
  }
  ++at_;
  return first;
}

Value::List EdnReader::take_items(std::size_t first) {
  const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(first);
  Value::List list(std::make_move_iterator(begin), std::make_move_iterator(items_.end()));
  items_.erase(begin, items_.end());
  return list;
}

Value EdnReader::read_list(char close) {
  return Value(take_items(collect(close)));
}

std::vector<Value>& EdnReader::read_vector() {
  skip_blank();
  items_.clear();
  vector_.clear();
  collect(']');
  vector_.swap(items_);
  return vector_;
}

Value EdnReader::read_set() {
  Value::List list = take_items(collect('}'));
  std::ranges::sort(list);
  return Value(std::move(list));
}

Value EdnReader::read_map() {
  const char* const open = at_;
  const Value::List flat = take_items(collect('}'));
  if (flat.size() % 2 != 0)
    throw Malformed{open, "a map has a value for each key, and this one has a key without"};
  Value::List pairs;
  pairs.reserve(flat.size() / 2);
  for (std::size_t i = 0; i < flat.size(); i += 2)
    pairs.emplace_back(Value::List{flat[i], flat[i + 1]});
  std::ranges::sort(pairs);
  return Value(std::move(pairs));
}

Value EdnReader::read_tagged() {
  const char* const begin = at_++;
  if (*at_ == '{') return read_set();
  if (*at_ == '#') {
    token();
    return unheld({begin, static_cast<std::size_t>(at_ - begin)}, "is no integer");
  }
  if (token().empty()) {
    at_ = begin;
    refuse("a form");
  }
  return read();
}

Value EdnReader::read_number() {
  const char* const begin = at_;
  const bool negative = *at_ == '-';
  if (negative || *at_ == '+') ++at_;
  constexpr int digits_safe = 18;
  std::int64_t number = 0;
  int digits = 0;
  for (; is_digit(*at_); ++at_, ++digits)
    if (digits < digits_safe) number = number * 10 + (*at_ - '0');
  if (kind(*at_) != Kind::word && digits <= digits_safe) return {negative ? -number : number};
  at_ = begin;
  return read_odd_number(token());
}

/// Integers of many digits, with an N, and whatever else begins with a digit.
Value EdnReader::read_odd_number(std::string_view token) {
  std::string_view digits = token.substr(token[0] == '+' ? 1 : 0);
  if (digits.ends_with('N')) digits.remove_suffix(1);
  const char* const end = digits.data() + digits.size();
  std::int64_t integer = 0;
  if (const auto [rest, problem] = std::from_chars(digits.data(), end, integer); rest == end) {
    if (problem == std::errc{}) return {integer};
    return unheld(token, "does not fit into 64 bits");
  }
  if (digits.ends_with('M')) digits.remove_suffix(1);
  double real = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), real);
  if (rest != digits.data() + digits.size() || problem != std::errc{})
    return unheld(token, "is no integer");
  constexpr double exact_max = 9007199254740992;  // 2^53: from there on doubles skip integers
  if (std::trunc(real) == real && std::abs(real) <= exact_max)
    return {static_cast<std::int64_t>(real)};
  return unheld(token, "is no integer");
}

Value EdnReader::unheld(std::string_view token, std::string what) {
  if (!trouble_)
    trouble_ =
        Malformed{token.data(), fmt::format("expected an integer: {} {}", token, std::move(what)),
                  "Eris holds integers of 64 bits; write others as text"};
  return Value(token);
}

Value EdnReader::read_word() {
  const char* const begin = at_;
  std::string_view word = token();
  if (word.empty()) {
    at_ = begin;
    refuse("a value");
  }
  if (word[0] == ':') {
    if (word.size() == 1) throw Malformed{begin, "':' alone is no keyword"};
    return words_.value_of(word.substr(1));
  }
  if (word == "nil") return {};
  if (word == "true" || word == "false") return Value(word == "true");
  return words_.value_of(word);
}

std::string_view EdnReader::read_keyword(std::string_view expected) {
  skip_blank();
  if (*at_ != ':' || kind(at_[1]) != Kind::word) refuse(expected);
  ++at_;
  return token();
}

std::int64_t EdnReader::read_integer(std::string_view expected) {
  skip_blank();
  const bool negative = *at_ == '-';
  if (!is_digit(at_[negative ? 1 : 0])) refuse(expected);
  const char* const begin = at_;
  const Value number = read_number();
  if (auto problem = trouble()) throw Malformed{std::move(*problem)};
  if (!number.is_integer()) throw Malformed{begin, fmt::format("expected {}", expected)};
  return number.integer();
}

Value EdnReader::read_string() {
  const char* const open = at_++;
  const char* const begin = at_;
  while (*at_ != '"' && *at_ != '\\' && at_ != end_) ++at_;
  if (*at_ == '"') return words_.value_of({begin, static_cast<std::size_t>(at_++ - begin)});
  text_.assign(begin, at_);
  while (*at_ != '"') {
    if (at_ == end_) unclosed(open, '"');
    if (*at_ == '\\')
      append_escape(text_);
    else
      text_ += *at_++;
  }
  ++at_;
  return Value(std::string_view(text_));
}

void EdnReader::append_escape(std::string& text) {
  const char* const begin = at_++;
  constexpr std::string_view letters = "\"\\/bfnrt'";
  constexpr std::string_view meant = "\"\\/\b\f\n\r\t'";
  const std::size_t letter = *at_ == '\0' ? std::string_view::npos : letters.find(*at_);
  if (letter != std::string_view::npos) {
    ++at_;
    text += meant[letter];
  } else if (*at_ == 'u') {
    ++at_;
    append_code_unit(text, at_);
  } else {
    throw Malformed{begin, "expected an escape: one of \\\" \\\\ \\b \\f \\n \\r \\t \\u0041"};
  }
}

Value EdnReader::read_character() {
  const char* const begin = at_++;
  if (at_ == end_) throw Malformed{begin, "expected a character after '\\'"};
  // Any first character belongs to it, a bracket too.
  const char* const first = at_++;
  token();
  const std::string_view name(first, static_cast<std::size_t>(at_ - first));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> named{{
      {"newline", "\n"},
      {"space", " "},
      {"tab", "\t"},
      {"return", "\r"},
      {"backspace", "\b"},
      {"formfeed", "\f"},
  }};
  for (const auto& [word, character] : named)
    if (name == word) return Value(character);
  if (name.size() == 5 && name[0] == 'u') {
    std::string text;
    const char* digits = first + 1;
    append_code_unit(text, digits);
    return Value(std::string_view(text));
  }
  return Value(name);
}

}  // namespace eris::formats
