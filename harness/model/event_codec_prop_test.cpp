#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/event_codec.hpp"
#include "harness/model/json.hpp"
#include "harness/model/operation_scanner.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

/// Reads a line with and without the short cut for plain operations, which must agree.
base::Result<Event> decode(std::string line) {
  const std::size_t length = line.size();
  line.append(EventDecoder::padding_bytes, '\0');
  EventDecoder decoder;
  const std::string_view text = std::string_view(line).substr(0, length);
  auto decoded = decoder.decode(text);
  const bool agree = decoded == decoder.parse(text);
  RC_ASSERT(agree);
  return decoded;
}

/// An operation as runs have them by the million: what the short cut is for.
Event plain_operation() {
  const auto plain_value = [] {
    const Value number(*testing::any_integer());
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        return Value();
      case 1:
        return Value("key-7");
      case 2:
        return Value(Value::List{number, Value(*testing::any_integer())});
      default:
        return number;
    }
  };
  Op op{base::ProcessId(*testing::any_count()),
        *rc::gen::elementOf(std::vector<Function>{function::read, function::write, function::cas}),
        plain_value(), plain_value()};
  Event event{.index = *testing::any_count(),
              .time = base::Instant(*testing::any_integer()),
              .what = Invoked{op}};
  if (*rc::gen::arbitrary<bool>()) {
    const Status status = *rc::gen::element(Status::ok, Status::fail, Status::info);
    event.what =
        Completed{op, {status, op.function == function::read ? plain_value() : Value(), ""}};
  }
  return event;
}

/// Changes, inserts or removes a few bytes.
void damage(std::string& line) {
  const auto edits = *rc::gen::inRange(1, 4);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
    const char byte =
        *rc::gen::weightedOneOf<char>({{1, rc::gen::arbitrary<char>()},
                                       {2, rc::gen::element('"', '\\', '{', '}', '[', ']', ',', ':',
                                                            '0', '1', '-', '.', 'e', ' ', '\0')}});
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        line[at] = byte;
        break;
      case 1:
        line.insert(at, 1, byte);
        break;
      default:
        line.erase(at, *rc::gen::inRange<std::size_t>(1, 9));
    }
    if (line.empty()) line = " ";
  }
}

RC_GTEST_PROP(EventCodec, ReadsPlainOperationsBackByTheShortCut, ()) {
  const Event event = plain_operation();
  const std::string line = to_json_line(event);
  RC_LOG() << line << '\n';
  const auto decoded = decode(line);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == event);
}

RC_GTEST_PROP(EventCodec, TheShortCutAgreesWithTheParserOnDamagedLines, ()) {
  for (int i = 0; i < 20; ++i) {
    std::string line = to_json_line(plain_operation());
    damage(line);
    RC_LOG() << line << '\n';
    static_cast<void>(decode(line));
  }
}

TEST(EventCodec, TakesTheShortCutForTheOperationsOfARun) {
  const Op cas{base::ProcessId(3), function::cas, Value("key-7"),
               Value(Value::List{Value(1), Value(2)})};
  const Op read{base::ProcessId(3), function::read, Value(7), Value()};
  for (const auto& what : std::vector<decltype(Event::what)>{
           Invoked{cas}, Completed{cas, {Status::ok, Value(), ""}}, Invoked{read},
           Completed{read, {Status::ok, Value(-5), ""}}}) {
    const Event event{.index = 1, .time = base::Instant(2), .what = what};
    EXPECT_EQ(scan_operation(to_json_line(event)), event);
  }
}

RC_GTEST_PROP(EventCodec, ReadsBackWhatItWrote, ()) {
  const Event event = *testing::any_event();
  const std::string line = to_json_line(event);
  RC_LOG() << line << '\n';
  RC_ASSERT(line.find('\n') == std::string::npos);
  RC_ASSERT(line.find('\0') == std::string::npos);
  const auto decoded = decode(line);
  if (!decoded) RC_FAIL(base::to_text(decoded.error()));
  RC_ASSERT(*decoded == event);
}

RC_GTEST_PROP(EventCodec, SurvivesAnyDamageToALine, ()) {
  std::string line = to_json_line(*testing::any_event());
  damage(line);
  RC_LOG() << line << '\n';
  // Damage may leave a line that says something else; then that must be readable all the same.
  const auto decoded = decode(line);
  if (decoded) {
    const auto again = decode(to_json_line(*decoded));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *decoded);
  } else {
    RC_ASSERT(decoded.error().kind == base::ErrorKind::usage);
    RC_ASSERT(!decoded.error().what.empty());
  }
}

RC_GTEST_PROP(EventCodec, ReadsFieldsBack, ()) {
  const Fields fields = *testing::any_fields();
  const auto parsed = parse_fields(to_json(fields));
  if (!parsed) RC_FAIL(base::to_text(parsed.error()));
  RC_ASSERT(*parsed == fields);
}

}  // namespace
}  // namespace eris::model
