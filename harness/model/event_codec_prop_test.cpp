#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/event_codec.hpp"
#include "harness/model/journal.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

base::Result<Event> decode(std::string line) {
  const std::size_t length = line.size();
  line.append(EventDecoder::padding_bytes, '\0');
  EventDecoder decoder;
  return decoder.decode(std::string_view(line).substr(0, length));
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
  const auto edits = *rc::gen::inRange(1, 4);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
    const char byte = *rc::gen::weightedOneOf<char>(
        {{1, rc::gen::arbitrary<char>()},
         {1, rc::gen::element('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '\0')}});
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
