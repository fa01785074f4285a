#include "harness/model/operation_scanner.hpp"

#include <charconv>
#include <cstring>
#include <utility>

#include "harness/model/event_names.hpp"

namespace eris::model {

namespace {

/// Takes one thing after another off the front of a line. Once something is not as expected, the
/// answer is false, and the scanner is of no further use.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : at_(line.data()), end_(at_ + line.size()) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }

  bool literal(std::string_view text) {
    if (static_cast<std::size_t>(end_ - at_) < text.size() ||
        std::memcmp(at_, text.data(), text.size()) != 0)
      return false;
    at_ += text.size();
    return true;
  }

  /// JSON allows no digit after a leading zero; such a line is left to the parser, and with it
  /// "-0".
  template <typename Number>
  bool number(Number& number) {
    const char* digits = at_ != end_ && *at_ == '-' ? at_ + 1 : at_;
    if (digits != end_ && *digits == '0' && (digits != at_ || is_digit(digits + 1))) return false;
    const auto [rest, problem] = std::from_chars(at_, end_, number);
    if (problem != std::errc{}) return false;
    at_ = rest;
    return true;
  }

  /// The rest of a string whose opening quote is taken already, and its closing quote.
  bool text(std::string_view& text) {
    const char* begin = at_;
    while (at_ != end_ && is_plain(*at_)) ++at_;
    if (at_ == end_ || *at_ != '"') return false;
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  /// Integers, text, and lists of those.
  bool value(Value& value, int depth = 0) {
    if (at_ == end_) return false;
    if (*at_ == '"') {
      std::string_view text_value;
      if (++at_; !text(text_value)) return false;
      value = Value(text_value);
      return true;
    }
    if (*at_ == '[') return ++at_, list(value, depth + 1);
    std::int64_t integer = 0;
    if (!number(integer)) return false;
    value = Value(integer);
    return true;
  }

 private:
  static bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }
  [[nodiscard]] bool is_digit(const char* c) const { return c != end_ && *c >= '0' && *c <= '9'; }

  bool list(Value& value, int depth) {
    constexpr int plain_depth_max = 4;
    if (depth > plain_depth_max) return false;
    Value::List items;
    do {
      if (!this->value(items.emplace_back(), depth)) return false;
    } while (literal(","));
    value = Value(std::move(items));
    return literal("]");
  }

  const char* at_;
  const char* end_;
};

/// The type's word and its closing quote.
bool scan_type(Scanner& scanner, std::optional<Status>& completion) {
  std::string_view type;
  if (!scanner.text(type)) return false;
  if (type == "ok")
    completion = Status::ok;
  else if (type == "fail")
    completion = Status::fail;
  else if (type == "info")
    completion = Status::info;
  else
    return type == "invoke";
  return true;
}

bool scan_function(Scanner& scanner, Function& function) {
  std::string_view name;
  if (!scanner.text(name) || name.empty() || !Function::fits(name)) return false;
  function = Function(name);
  return true;
}

}  // namespace

std::optional<Event> scan_operation(std::string_view line) {
  Scanner scanner(line);
  std::optional<Event> event(std::in_place);
  std::int64_t nanoseconds = 0;
  std::optional<Status> completion;
  Op op;
  const bool is_operation = scanner.literal(R"({"index":)") && scanner.number(event->index) &&
                            scanner.literal(R"(,"time":)") && scanner.number(nanoseconds) &&
                            scanner.literal(R"(,"process":)") && scanner.number(op.process.value) &&
                            scanner.literal(R"(,"type":")") && scan_type(scanner, completion) &&
                            scanner.literal(R"(,"f":")") && scan_function(scanner, op.function) &&
                            (!scanner.literal(R"(,"key":)") || scanner.value(op.key)) &&
                            (!scanner.literal(R"(,"value":)") || scanner.value(op.argument)) &&
                            scanner.literal("}") && scanner.at_end();
  if (!is_operation) return std::nullopt;
  event->time = base::Instant(nanoseconds);
  if (!completion) {
    event->what.emplace<Invoked>(std::move(op));
    return event;
  }
  Outcome outcome{.status = *completion};
  if (*completion == Status::ok && value_is_result(op.function))
    std::swap(outcome.result, op.argument);
  event->what.emplace<Completed>(std::move(op), std::move(outcome));
  return event;
}

}  // namespace eris::model
