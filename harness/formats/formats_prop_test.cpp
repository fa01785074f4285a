// What is written is read back as it was; and no bytes, however torn, do more than be refused.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/formats/formats.hpp"
#include "harness/formats/function_names.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::formats {
namespace {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of histories

Function any_named_function() {
  return *rc::gen::elementOf(std::vector<Function>{function::read,      function::write,
                                                   function::cas,       function::append,
                                                   function::remove,    function::increment,
                                                   function::fetch_add, function::enqueue,
                                                   function::dequeue,   function::push,
                                                   function::pop,       function::insert,
                                                   function::extract,   function::drain,
                                                   function::add,       function::discard,
                                                   function::contains,  function::acquire,
                                                   function::release,   function::transfer,
                                                   function::generate,  Function("fifteen-letters"),
                                                   Function("é\"\\\n")});
}

Value any_transaction() {
  Value::List parts;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i) {
    const auto name = *rc::gen::elementOf(std::vector<std::string>{"r", "w", "append"});
    parts.emplace_back(
        Value::List{Value(std::string_view(name)), *testing::any_value(0), *testing::any_value(1)});
  }
  return Value(std::move(parts));
}

Op any_request(std::uint64_t process, bool keyed) {
  Op op{.process = base::ProcessId(process)};
  if (keyed)
    op.key = *rc::gen::oneOf(rc::gen::map(rc::gen::inRange(0, 3), [](int i) { return Value(i); }),
                             testing::any_value(1));
  const bool is_transaction = *rc::gen::inRange(0, 4) == 0;
  op.function = is_transaction ? function::transaction : any_named_function();
  op.argument = is_transaction ? any_transaction() : *testing::any_value(2);
  return op;
}

Outcome any_answer(const Op& op) {
  Outcome outcome = *testing::any_outcome();
  if (op.function == function::transaction) outcome.result = any_transaction();
  return outcome;
}

/// A history as a run leaves one: some processes, times that mostly ascend, gaps between indices.
History any_history() {
  HistoryBuilder builder;
  EventIndex index = 0;
  base::Instant now{};
  std::vector<std::optional<Op>> open(4);
  std::vector<std::uint64_t> names{0, 1, 2, 3};
  const bool keyed = *rc::gen::arbitrary<bool>();
  const int events = *rc::gen::inRange(0, 24);
  for (int i = 0; i < events; ++i) {
    index += *rc::gen::element<EventIndex>(1, 1, 2);
    now += base::Duration(*rc::gen::inRange(0, 3));
    const auto client = *rc::gen::inRange<std::size_t>(0, open.size());
    Event event{.index = index, .time = now, .what = Note{}};
    if (!open[client]) {
      open[client] = any_request(names[client], keyed);
      event.what = Invoked{*open[client]};
    } else {
      const Outcome outcome = any_answer(*open[client]);
      event.what = Completed{*open[client], outcome};
      if (outcome.status == Status::info) names[client] += open.size();
      open[client].reset();
    }
    const auto added = builder.add(std::move(event));
    RC_ASSERT(added.has_value());
  }
  return builder.finish();
}

/// All that operations say, with the places of events counted instead of their indices.
std::vector<std::string> told(const History& history) {
  std::vector<EventIndex> places;
  for (const Operation& operation : history.operations) {
    places.push_back(operation.invoked);
    if (operation.completed != never) places.push_back(operation.completed);
  }
  std::ranges::sort(places);
  const auto place = [&](EventIndex index) {
    return std::ranges::lower_bound(places, index) - places.begin();
  };
  std::vector<std::string> lines;
  for (const Operation& operation : history.operations)
    lines.push_back(fmt::format(
        "{} {} {} {} {} {} {} {} {}..{} {}..{}", operation.process.value, operation.function.view(),
        to_text(history.key_of(operation)), to_text(operation.argument), to_text(operation.result),
        to_text(operation.status), operation.error == 0 ? 0 : 1, history.error_of(operation),
        place(operation.invoked), operation.completed == never ? -1 : place(operation.completed),
        operation.invoked_at.count(), operation.completed_at.count()));
  return lines;
}

std::string written(const History& history, Format format) {
  std::string text;
  const auto done = write(history, format, [&](std::string_view piece) { text += piece; });
  RC_ASSERT(done.has_value());
  return text;
}

void expect_round_trip(Format format) {
  const History history = any_history();
  const std::string text = written(history, format);
  const bool keyed =
      std::ranges::any_of(history.keys, [](const Value& key) { return !key.is_nil(); });
  const ReadOptions options{.format = format, .keyed = keyed, .object = "register"};
  const auto again = parse(text, "h", options);
  if (!again) RC_FAIL(base::to_text(again.error()) + "\n" + text);
  if (told(again->history) != told(history)) RC_FAIL(text);
  // Written once more it is the same, byte for byte.
  RC_ASSERT(written(again->history, format) == text);
}

RC_GTEST_PROP(Formats, EdnIsReadBackAsItWas, ()) {
  expect_round_trip(Format::edn);
}

RC_GTEST_PROP(Formats, JsonIsReadBackAsItWas, ()) {
  expect_round_trip(Format::json);
}

RC_GTEST_PROP(Formats, ATableIsReadBackAsItWas, ()) {
  expect_round_trip(Format::jsonl);
}

/// Small valid files of every format, to be torn.
const std::vector<std::pair<Format, std::string>>& samples() {
  static const std::vector<std::pair<Format, std::string>> all{
      {Format::edn,
       "; c\n[#jepsen.history.Op{:process 0, :type :invoke, :f :txn, :value [[:r 1 nil] [:append "
       "\"a\\u00e9\\n\" #{1 2}]], :time 12, :index 0} #_ #_ {:a 1} :b\n{:process 0 :type :ok :f "
       ":txn :value [[:r 1 \\a] [:append {1 2N} (3 4.0)]] :error ^:m #inst \"x\"}\n{:process "
       ":nemesis :type :info :f :start :value ##Inf}]"},
      {Format::text,
       "INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - "
       "3\t:fail\t:cas\t:timed-out "
       "\nINFO x\nINFO  jepsen.util - :nemesis\t:info\t:start\t{:a \"b\"}\n"},
      {Format::text, "3\t:invoke\t:write\t[1 2]\n3\t:info\t:write\t[1 2]\t[:a \"b\"]\n"},
      {Format::json,
       "[{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":[1,{\"a\":[true,null]}],"
       "\"time\":3},\n{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":[1,{\"bytes\":"
       "\"c328\"}],\"error\":\"\\u00e9\\ud834\\udd1e\"}]"},
      {Format::csv,
       "process,f,key,value,result,call,return,status,error\n1,write,x,\"[1, "
       "\"\"a\"\"]\",,0,5,ok,\n"
       "2,read,x,,7,5,,info,\"a\nb\"\n2,read,x,,#{1},6,9,,"},
      {Format::jsonl,
       "{\"process\":1,\"f\":\"cas\",\"value\":[1,2],\"observed\":null,\"call\":1,\"return\":2,"
       "\"status\":\"fail\"}\n{\"process\":2,\"f\":\"read\",\"call\":1}\n"},
  };
  return all;
}

/// Changes some bytes to others that readers care about, moves pieces, cuts the end.
std::string torn(std::string text, base::Rng& rng) {
  constexpr std::string_view biting = "{}[]()\"\\#:;,_^ \n\t\r09-+.eNM/anu\x7f";
  const std::uint64_t changes = 1 + rng.below(4);
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = rng.below(text.size());
    switch (rng.below(6)) {
      case 0:
        text[at] = biting[rng.below(biting.size())];
        break;
      case 1:
        text[at] = static_cast<char>(rng.below(256));
        break;
      case 2:
        text.erase(at, 1 + rng.below(3));
        break;
      case 3:
        text.insert(at, 1, biting[rng.below(biting.size())]);
        break;
      case 4:
        text.insert(at, text.substr(rng.below(text.size()), rng.below(20)));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

TEST(Formats, TornFilesAreRefusedOrUnderstoodButNeverACrash) {
  base::Rng rng(7);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto& [format, text] = samples()[static_cast<std::size_t>(i) % samples().size()];
    const std::string bytes = torn(text, rng);
    ReadOptions options{.format = format};
    if (rng.below(4) == 0) options.format = static_cast<Format>(1 + rng.below(5));
    if (rng.below(3) == 0) options.keyed = rng.below(2) == 0;
    const auto imported = parse(bytes, "h", options);
    ++(imported ? accepted : refused);
    if (imported) continue;
    EXPECT_EQ(imported.error().where.substr(0, 2), "h:") << bytes;
  }
  EXPECT_GT(accepted, 500u);
  EXPECT_GT(refused, 5000u);
}

TEST(Formats, EveryBeginningOfAFileIsRefusedOrUnderstood) {
  for (const auto& [format, text] : samples()) {
    const auto whole = parse(text, "h", {.format = format});
    EXPECT_TRUE(whole) << base::to_text(whole.error());
    for (std::size_t length = 0; length < text.size(); ++length)
      static_cast<void>(parse(text.substr(0, length), "h", {.format = format}));
  }
}

}  // namespace
}  // namespace eris::formats
