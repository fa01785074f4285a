#include "harness/model/schema.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include <fmt/format.h>
#include <simdjson.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::model {

namespace {

/// What a plan must write for an option of this kind.
std::string_view expected(OptionKind kind) {
  switch (kind) {
    case OptionKind::boolean:
      return "true or false";
    case OptionKind::integer:
      return "a whole number";
    case OptionKind::real:
      return "a number";
    case OptionKind::text:
    case OptionKind::choice:
      return "text";
    case OptionKind::duration:
      return "a duration such as \"250ms\"";
    case OptionKind::bytes:
      return "a size such as \"64KiB\"";
    case OptionKind::text_list:
      return "a list of text";
  }
  return "?";
}

std::string_view actual(const OptionValue& value) {
  constexpr std::string_view names[] = {"true or false", "a whole number", "a number",
                                        "text",          "a duration",     "a list"};
  static_assert(std::size(names) == std::variant_size_v<OptionValue>);
  return names[value.index()];
}

std::unexpected<base::Error> wrong_kind(const OptionSchema& schema, const OptionValue& value) {
  return base::usage_error(
      fmt::format("'{}' must be {}, not {}", schema.name, expected(schema.kind), actual(value)));
}

/// Says which option a value was for, where the message came from code that does not know it.
base::Error for_option(const OptionSchema& schema, base::Error error) {
  error.what = fmt::format("'{}': {}", schema.name, error.what);
  return error;
}

/// What people write and what is held differ for some kinds: "250ms" is a duration, "64KiB" bytes,
/// and 1 is as good a number as 1.0.
base::Result<OptionValue> convert(const OptionSchema& schema, OptionValue value) {
  const auto* text = std::get_if<std::string>(&value);
  if (schema.kind == OptionKind::duration && text != nullptr) {
    auto duration = base::parse_duration(*text);
    if (!duration) return std::unexpected(for_option(schema, std::move(duration).error()));
    return *duration;
  }
  if (schema.kind == OptionKind::bytes && text != nullptr) {
    auto bytes = base::parse_bytes(*text);
    if (!bytes) return std::unexpected(for_option(schema, std::move(bytes).error()));
    return static_cast<std::int64_t>(*bytes);
  }
  if (schema.kind == OptionKind::real && std::holds_alternative<std::int64_t>(value))
    return static_cast<double>(std::get<std::int64_t>(value));
  return value;
}

bool has_kind(OptionKind kind, const OptionValue& value) {
  switch (kind) {
    case OptionKind::boolean:
      return std::holds_alternative<bool>(value);
    case OptionKind::integer:
    case OptionKind::bytes:
      return std::holds_alternative<std::int64_t>(value);
    case OptionKind::real:
      return std::holds_alternative<double>(value);
    case OptionKind::text:
    case OptionKind::choice:
      return std::holds_alternative<std::string>(value);
    case OptionKind::duration:
      return std::holds_alternative<base::Duration>(value);
    case OptionKind::text_list:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

/// The number that minimum and maximum are about: seconds for a duration. Nothing for the rest.
std::optional<double> magnitude(const OptionValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* duration = std::get_if<base::Duration>(&value))
    return base::to_seconds(*duration);
  return std::nullopt;
}

/// A limit of the schema in the words of its kind: "1", "250ms", "64KiB".
std::string limit_to_text(OptionKind kind, double limit) {
  if (kind == OptionKind::duration) return base::to_text(base::Duration(std::llround(limit * 1e9)));
  if (kind == OptionKind::bytes) return base::bytes_to_text(static_cast<std::uint64_t>(limit));
  return fmt::format("{}", limit);
}

std::string value_to_text(OptionKind kind, const OptionValue& value) {
  if (kind == OptionKind::bytes && std::get<std::int64_t>(value) >= 0)
    return base::bytes_to_text(static_cast<std::uint64_t>(std::get<std::int64_t>(value)));
  return to_text(value);
}

base::Result<void> check_range(const OptionSchema& schema, const OptionValue& value) {
  const std::optional<double> number = magnitude(value);
  if (!number) return {};
  if (!std::isfinite(*number))
    return base::usage_error(fmt::format("'{}' must be finite", schema.name));
  const bool cannot_be_negative =
      schema.kind == OptionKind::duration || schema.kind == OptionKind::bytes;
  const std::optional<double> minimum = schema.minimum       ? schema.minimum
                                        : cannot_be_negative ? std::optional(0.0)
                                                             : std::nullopt;
  const auto out_of_range = [&](std::string_view side, double limit) {
    return base::usage_error(fmt::format("'{}' must be {} {}, not {}", schema.name, side,
                                         limit_to_text(schema.kind, limit),
                                         value_to_text(schema.kind, value)));
  };
  if (minimum && *number < *minimum) return out_of_range("at least", *minimum);
  if (schema.maximum && *number > *schema.maximum) return out_of_range("at most", *schema.maximum);
  return {};
}

/// Plans and journals are UTF-8, and text that is not could not be written into them.
base::Result<void> check_encoding(const OptionSchema& schema, const OptionValue& value) {
  const auto is_utf8 = [](const std::string& text) { return simdjson::validate_utf8(text); };
  const auto* text = std::get_if<std::string>(&value);
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if ((text == nullptr || is_utf8(*text)) &&
      (list == nullptr || std::ranges::all_of(*list, is_utf8)))
    return {};
  return base::usage_error(fmt::format("'{}' must be UTF-8", schema.name));
}

base::Result<void> check_choice(const OptionSchema& schema, const std::string& text) {
  if (schema.choices.empty() || std::ranges::find(schema.choices, text) != schema.choices.end())
    return {};
  return base::usage_error(fmt::format("'{}' cannot be '{}'", schema.name, text), {},
                           base::did_you_mean(text, schema.choices));
}

base::Result<void> check_choices(const OptionSchema& schema, const OptionValue& value) {
  if (schema.kind == OptionKind::choice) return check_choice(schema, std::get<std::string>(value));
  if (schema.kind == OptionKind::text_list)
    for (const std::string& item : std::get<std::vector<std::string>>(value))
      ERIS_CHECK_OK(check_choice(schema, item));
  return {};
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::unexpected<base::Error> unreadable(const OptionSchema& schema, std::string_view text) {
  return base::usage_error(
      fmt::format("'{}' must be {}, not '{}'", schema.name, expected(schema.kind), text));
}

template <typename T>
const T& held(const std::map<std::string, OptionValue, std::less<>>& values,
              std::string_view name) {
  const auto found = values.find(name);
  ERIS_ASSERT(found != values.end(), "asked for an option that the schema does not have");
  const T* value = std::get_if<T>(&found->second);
  ERIS_ASSERT(value != nullptr, "asked an option for a kind that the schema does not give it");
  return *value;
}

}  // namespace

Options::Options(const std::vector<OptionSchema>& schema) {
  for (const OptionSchema& option : schema) {
    const auto set_default = set(option, option.default_value);
    ERIS_ASSERT(set_default.has_value(), "a schema's default must be a value it allows");
  }
}

base::Result<void> Options::set(const OptionSchema& schema, OptionValue value) {
  ERIS_TRY(OptionValue converted, convert(schema, std::move(value)));
  if (!has_kind(schema.kind, converted)) return wrong_kind(schema, converted);
  ERIS_CHECK_OK(check_range(schema, converted));
  ERIS_CHECK_OK(check_encoding(schema, converted));
  ERIS_CHECK_OK(check_choices(schema, converted));
  values_.insert_or_assign(schema.name, std::move(converted));
  return {};
}

base::Result<void> Options::set_from_text(const OptionSchema& schema, std::string_view text) {
  switch (schema.kind) {
    case OptionKind::boolean:
      if (text != "true" && text != "false") return unreadable(schema, text);
      return set(schema, text == "true");
    case OptionKind::integer: {
      const auto number = parse_number<std::int64_t>(text);
      if (!number) return unreadable(schema, text);
      return set(schema, *number);
    }
    case OptionKind::real: {
      const auto number = parse_number<double>(text);
      if (!number) return unreadable(schema, text);
      return set(schema, *number);
    }
    case OptionKind::text_list:
      return set(schema, text.empty() ? std::vector<std::string>{} : base::split(text, ','));
    case OptionKind::text:
    case OptionKind::choice:
    case OptionKind::duration:
    case OptionKind::bytes:
      return set(schema, std::string(text));
  }
  return base::internal_error("unknown kind of option");
}

bool Options::boolean(std::string_view name) const {
  return held<bool>(values_, name);
}

std::int64_t Options::integer(std::string_view name) const {
  return held<std::int64_t>(values_, name);
}

double Options::real(std::string_view name) const {
  return held<double>(values_, name);
}

const std::string& Options::text(std::string_view name) const {
  return held<std::string>(values_, name);
}

base::Duration Options::duration(std::string_view name) const {
  return held<base::Duration>(values_, name);
}

const std::vector<std::string>& Options::text_list(std::string_view name) const {
  return held<std::vector<std::string>>(values_, name);
}

const EntrySchema* find(const std::vector<EntrySchema>& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &EntrySchema::name);
  return found == entries.end() ? nullptr : &*found;
}

const OptionSchema* find(const std::vector<OptionSchema>& options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &OptionSchema::name);
  return found == options.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const std::vector<EntrySchema>& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const EntrySchema& entry : entries) names.push_back(entry.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<OptionSchema>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const OptionSchema& option : options) names.push_back(option.name);
  return names;
}

std::string to_text(const OptionValue& value) {
  struct ToText {
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(std::int64_t integer) const { return fmt::format("{}", integer); }
    std::string operator()(double real) const { return fmt::format("{}", real); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(base::Duration duration) const { return base::to_text(duration); }
    std::string operator()(const std::vector<std::string>& list) const {
      return fmt::format("{}", fmt::join(list, ","));
    }
  };
  return std::visit(ToText{}, value);
}

}  // namespace eris::model
