#include "harness/journal/journal.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/base/testing/scratch_directory.hpp"
#include "harness/model/document_codec.hpp"
#include "harness/model/json.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::journal {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of every line
namespace {

using base::Instant;
using base::ProcessId;
using base::testing::ScratchDirectory;

Op write(std::uint64_t process, std::int64_t value) {
  return {ProcessId(process), function::write, Value("x"), Value(value)};
}

/// A journal's text: a header and writes by one process.
std::string journal_of_writes(std::size_t count) {
  std::string text = header_to_json({.started = "2026-01-02T03:04:05Z"}) + "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const Op op = write(1, static_cast<std::int64_t>(i));
    text += to_json_line({.index = 2 * i, .time = Instant(10 * i), .what = Invoked{op}}) + "\n";
    text += to_json_line({.index = 2 * i + 1,
                          .time = Instant(10 * i + 5),
                          .what = Completed{op, {Status::ok, Value(), ""}}}) +
            "\n";
  }
  return text;
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_all(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string refusal(std::string_view text) {
  const auto history = parse(text, "journal.jsonl");
  return history ? "accepted" : base::to_text(history.error());
}

/// The message about `line`, as the second line of a journal.
std::string line_refusal(std::string_view line) {
  return refusal(journal_of_writes(0) + std::string(line) + "\n");
}

TEST(Journal, ReadsBackWhatItRecorded) {
  const ScratchDirectory directory;
  Header header{.started = "2026-01-02T03:04:05Z",
                .versions = {{"eris", Value("0.1.0")}},
                .environment = {{"processors", Value(2)}}};
  header.plan.seed = 42;
  auto writer = Writer::create(directory / "journal.jsonl", header);
  ASSERT_TRUE(writer) << base::to_text(writer.error());
  EXPECT_EQ(writer->append(Instant(1), {.what = Note{"load"}}), 0u);
  EXPECT_EQ(writer->append(Instant(2), {.what = Invoked{write(1, 5)}}), 1u);
  EXPECT_EQ(writer->append(Instant(3), {.what = Completed{write(1, 5), {Status::ok, Value(), ""}}}),
            2u);
  EXPECT_EQ(writer->append(Instant(4), {.what = NodeEvent{base::NodeId(2), "ready", {}}}), 3u);
  EXPECT_EQ(writer->append(Instant(5), {.what = FaultEvent{.fault = 1, .name = "kill"}}), 4u);
  EXPECT_EQ(writer->append(Instant(6), {.what = Note{"end"}}), 5u);
  ASSERT_TRUE(writer->close());

  const auto history = read(directory / "journal.jsonl");
  ASSERT_TRUE(history) << base::to_text(history.error());
  EXPECT_EQ(history->header.plan, header.plan);
  EXPECT_EQ(history->header.started, header.started);
  EXPECT_EQ(history->header.versions, header.versions);
  EXPECT_EQ(history->header.environment, header.environment);
  EXPECT_TRUE(history->remarks.empty());
  EXPECT_TRUE(history->finished);
  EXPECT_EQ(history->events, 6u);
  EXPECT_EQ(history->end, Instant(6));
  ASSERT_EQ(history->operations.size(), 1u);
  EXPECT_EQ(to_text(*history, history->operations[0]), "process 1 write \"x\" 5 [ok]");
  EXPECT_EQ(history->operations[0].invoked_at, Instant(2));
  ASSERT_EQ(history->faults.size(), 1u);
  EXPECT_EQ(history->faults[0].event, (FaultEvent{.fault = 1, .name = "kill"}));
  ASSERT_EQ(history->nodes.size(), 1u);
  EXPECT_EQ(history->nodes[0].event, (NodeEvent{base::NodeId(2), "ready", {}}));
}

TEST(Journal, LooksAsItsDocumentationSays) {
  const auto line = [](auto what) {
    return to_json_line({.index = 7, .time = Instant(123), .what = std::move(what)});
  };
  const Op cas{ProcessId(3), function::cas, Value("x"), Value(Value::List{Value(1), Value(2)})};
  const Op read{ProcessId(3), function::read, Value("x"), Value()};
  const Op increment{ProcessId(3), function::increment, Value(), Value(1)};
  EXPECT_EQ(line(Invoked{read}),
            R"({"index":7,"time":123,"process":3,"type":"invoke","f":"read","key":"x"})");
  EXPECT_EQ(line(Completed{read, {Status::ok, Value(5), ""}}),
            R"({"index":7,"time":123,"process":3,"type":"ok","f":"read","key":"x","value":5})");
  EXPECT_EQ(
      line(Completed{write(3, 5), {Status::info, Value(), "timeout"}}),
      R"({"index":7,"time":123,"process":3,"type":"info","f":"write","key":"x","value":5,"error":"timeout"})");
  EXPECT_EQ(
      line(Completed{cas, {Status::fail, Value(9), "mismatch"}}),
      R"({"index":7,"time":123,"process":3,"type":"fail","f":"cas","key":"x","value":[1,2],"observed":9,"error":"mismatch"})");
  EXPECT_EQ(
      line(Completed{increment, {Status::ok, Value(10), ""}}),
      R"({"index":7,"time":123,"process":3,"type":"ok","f":"increment","value":1,"result":10})");
  EXPECT_EQ(line(Note{"heal"}), R"({"index":7,"time":123,"note":"heal"})");
  EXPECT_EQ(line(NodeEvent{base::NodeId(3), "beacon", {{"term", Value(4)}}}),
            R"({"index":7,"time":123,"node":"n3","what":"beacon","fields":{"term":4}})");
  EXPECT_EQ(
      line(FaultEvent{.fault = 2,
                      .name = "partition",
                      .description = "isolate n1",
                      .phase = FaultPhase::applied,
                      .action = Cut{{{base::NodeId(1), base::NodeId(2)}}},
                      .evidence = {true, {{"packets dropped", Value(34)}}}}),
      R"({"index":7,"time":123,"fault":{"id":2,"name":"partition","description":"isolate n1","phase":"applied","action":{"do":"cut","links":[["n1","n2"]]},"took-effect":true,"facts":{"packets dropped":34}}})");
}

TEST(Journal, ReadsTheLinesOfItsDocumentation) {
  std::ifstream page(ERIS_SOURCE_DIR "/docs/journal-format.md");
  std::string journal = journal_of_writes(0);
  for (std::string line; std::getline(page, line);)
    if (line.starts_with("{\"index\":")) journal += line + "\n";
  const auto history = parse(journal, "journal-format.md");
  ASSERT_TRUE(history) << base::to_text(history.error());
  EXPECT_EQ(history->events, 11u);
  EXPECT_EQ(history->operations.size(), 4u);
  EXPECT_EQ(history->faults.size(), 1u);
  EXPECT_EQ(history->nodes.size(), 1u);
}

TEST(Journal, MembersMayStandInAnyOrder) {
  const auto history = parse(
      journal_of_writes(0) +
          " { \"f\" : \"read\", \"type\":\"invoke\",\"process\":3 , \"time\":1,\"index\":0 } \n",
      "journal.jsonl");
  ASSERT_TRUE(history) << base::to_text(history.error());
  EXPECT_EQ(to_text(*history, history->operations.at(0)), "process 3 read [info]");
}

TEST(Journal, IsNotWrittenOverAnother) {
  const ScratchDirectory directory;
  write_all(directory / "journal.jsonl", "precious");
  const auto writer = Writer::create(directory / "journal.jsonl", {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().kind, base::ErrorKind::environment);
  EXPECT_EQ(read_all(directory / "journal.jsonl"), "precious");
}

TEST(Journal, NeedsADirectory) {
  const ScratchDirectory directory;
  const auto writer = Writer::create(directory / "missing" / "journal.jsonl", {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().kind, base::ErrorKind::environment);
  EXPECT_NE(base::to_text(writer.error()).find("cannot create the journal"), std::string::npos);
}

TEST(Journal, IsCutToItsLengthWhenClosed) {
  const ScratchDirectory directory;
  auto writer = Writer::create(directory / "journal.jsonl", {}).value();
  EXPECT_GE(std::filesystem::file_size(directory / "journal.jsonl"), 1u << 20);
  ASSERT_TRUE(writer.close());
  EXPECT_EQ(read_all(directory / "journal.jsonl"), header_to_json({}) + "\n");
  EXPECT_TRUE(writer.close()) << "closing twice does no harm";
}

TEST(Journal, CanBeReadWhileItIsWritten) {
  const ScratchDirectory directory;
  auto writer = Writer::create(directory / "journal.jsonl", {}).value();
  ASSERT_TRUE(writer.append(Instant(1), {.what = Note{"load"}}));
  const auto history = read(directory / "journal.jsonl");
  ASSERT_TRUE(history) << base::to_text(history.error());
  EXPECT_EQ(history->notes.size(), 1u);
  ASSERT_EQ(history->remarks.size(), 1u);
  EXPECT_EQ(history->remarks[0],
            "the recorder did not close the journal: dropped the unused space at its end");
}

TEST(Journal, HoldsEventsLargerThanItsWindow) {
  const ScratchDirectory directory;
  auto writer = Writer::create(directory / "journal.jsonl", {}).value();
  const std::vector<std::size_t> sizes{1, (1u << 20) - 200, 1u << 20, 5'000'000,
                                       3, 700'000,          700'000};
  for (const std::size_t size : sizes)
    ASSERT_TRUE(writer.append(Instant(0), {.what = Note{std::string(size, 'a')}}));
  ASSERT_TRUE(writer.close());
  const auto history = read(directory / "journal.jsonl");
  ASSERT_TRUE(history) << base::to_text(history.error());
  ASSERT_EQ(history->notes.size(), sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i)
    EXPECT_EQ(history->notes[i].event.text, std::string(sizes[i], 'a'));
}

TEST(Journal, IsReadWhereItFillsItsLastPage) {
  const ScratchDirectory directory;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::string beginning = journal_of_writes(3);
  const std::string note = to_json_line({.index = 100, .what = Note{""}}) + "\n";
  for (const std::size_t short_by : {0, 1, 2, 63, 64, 65}) {
    const std::size_t size = 4 * page - short_by;
    const std::string filler(size - beginning.size() - note.size(), 'a');
    write_all(directory / "journal.jsonl",
              beginning + to_json_line({.index = 100, .what = Note{filler}}) + "\n");
    ASSERT_EQ(std::filesystem::file_size(directory / "journal.jsonl"), size);
    const auto history = read(directory / "journal.jsonl");
    ASSERT_TRUE(history) << base::to_text(history.error());
    EXPECT_EQ(history->notes.at(0).event.text, filler);
    EXPECT_EQ(history->operations.size(), 3u);
  }
}

TEST(Journal, DropsATornLastLineWhereverItIsCut) {
  const std::string text = journal_of_writes(4);
  const std::size_t header_bytes = text.find('\n') + 1;
  for (std::size_t cut = header_bytes; cut < text.size(); ++cut) {
    const auto history = parse(text.substr(0, cut), "journal.jsonl");
    ASSERT_TRUE(history) << cut << ": " << base::to_text(history.error());
    const auto whole_lines =
        std::ranges::count(text.substr(header_bytes, cut - header_bytes), '\n');
    EXPECT_EQ(history->events, static_cast<std::uint64_t>(whole_lines));
    EXPECT_EQ(history->operations.size(), static_cast<std::size_t>(whole_lines + 1) / 2);
    EXPECT_EQ(history->remarks.size(), text[cut - 1] == '\n' ? 0u : 1u) << cut;
  }
}

TEST(Journal, SaysWhatItDropped) {
  const std::string text = journal_of_writes(1);
  const auto torn = parse(text + "{\"index\":2,\"ti" + std::string(1000, '\0'), "j");
  ASSERT_TRUE(torn);
  EXPECT_EQ(torn->remarks,
            (std::vector<std::string>{
                "the recorder did not close the journal: dropped the unused space at its end",
                "dropped a torn last line of 14 bytes"}));
  EXPECT_EQ(torn->operations.size(), 1u);
}

TEST(Journal, IsNothingWithoutAWholeHeader) {
  const std::string text = journal_of_writes(0);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const auto history = parse(text.substr(0, cut), "journal.jsonl");
    ASSERT_FALSE(history);
    EXPECT_EQ(base::to_text(history.error()),
              "journal.jsonl: the journal ends before its header does; the run was killed before "
              "it began; there is nothing to check");
  }
  EXPECT_FALSE(parse(std::string(4096, '\0'), "journal.jsonl"));
}

TEST(Journal, NeedsAHeaderThatItKnows) {
  EXPECT_EQ(refusal("{\"index\":0,\"time\":1,\"note\":\"x\"}\n"),
            "journal.jsonl:1: this is no Eris journal: its first line has no member "
            "'eris-journal'; name the file journal.jsonl of a run directory");
  EXPECT_EQ(refusal("{\"eris-journal\":2,\"new\":true}\n"),
            "journal.jsonl:1: the journal has version 2, and this Eris reads up to version 1; read "
            "it with a newer Eris");
  EXPECT_EQ(refusal("{\"eris-journal\":0}\n"), "journal.jsonl:1: there is no journal version 0");
  EXPECT_EQ(refusal("{\"eris-journal\":1,\"started\":\"\"}\n"),
            "journal.jsonl:1: member 'plan' is missing");
  EXPECT_TRUE(
      refusal("PK\x03\x04 something else\n").starts_with("journal.jsonl:1: malformed JSON"));
}

TEST(Journal, SaysWhichLineIsMalformedAndWhy) {
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"nota\":\"x\"}"),
            "journal.jsonl:2: unknown member 'nota'; did you mean 'note'?");
  EXPECT_EQ(line_refusal("{\"index\":0,\"note\":\"x\"}"),
            "journal.jsonl:2: an event without 'process', 'node' or 'fault' needs a member 'time'");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1}"),
            "journal.jsonl:2: an event without 'process', 'node' or 'fault' needs a member 'note'");
  EXPECT_EQ(line_refusal("{\"index\":0,\"index\":1,\"time\":1,\"note\":\"x\"}"),
            "journal.jsonl:2: member 'index' stands there twice");
  EXPECT_EQ(line_refusal("{\"index\":-1,\"time\":1,\"note\":\"x\"}"),
            "journal.jsonl:2: expected a whole number of 64 bits, not negative, not -1");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1.5,\"note\":\"x\"}"),
            "journal.jsonl:2: expected a whole number of 64 bits, not 1.5; write other numbers as "
            "text");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"note\":\"x\"} {}"),
            "journal.jsonl:2: something follows the end of the JSON object");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"note\":\"x\""),
            "journal.jsonl:2: malformed JSON: JSON document ended early in the middle of an object "
            "or array");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"process\":3,\"type\":\"oki\",\"f\":\"read\"}"),
            "journal.jsonl:2: unknown type 'oki'; did you mean 'ok'?");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"process\":3,\"type\":\"ok\"}"),
            "journal.jsonl:2: a completion needs a member 'f'");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"process\":3,\"type\":\"invoke\",\"f\":\"read\","
                         "\"error\":\"\"}"),
            "journal.jsonl:2: an invocation has no member 'error'");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"process\":3,\"type\":\"invoke\",\"f\":"
                         "\"sixteen-letters!\"}"),
            "journal.jsonl:2: 'sixteen-letters!' cannot name a function; use 1 to 15 characters");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"process\":3,\"type\":\"ok\",\"f\":\"read\"}"),
            "journal.jsonl:2: process 3 completes 'read', which it does not await");
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"node\":\"m3\",\"what\":\"\",\"fields\":{}}"),
            "journal.jsonl:2: 'm3' is no node; nodes are n1, n2, …");
  EXPECT_TRUE(line_refusal("").starts_with("journal.jsonl:2: "));
  EXPECT_TRUE(line_refusal("null").starts_with("journal.jsonl:2: "));
  EXPECT_TRUE(line_refusal(std::string("\0\0\0", 3)).starts_with("journal.jsonl:2: "));
  EXPECT_EQ(line_refusal("{\"index\":0,\"time\":1,\"note\":\"\xff\"}"),
            "journal.jsonl:2: malformed JSON: The input is not valid UTF-8");
}

TEST(Journal, RefusesListsWithoutEnd) {
  const std::string deep =
      "{\"index\":0,\"time\":1,\"process\":3,\"type\":\"invoke\",\"f\":\"write\","
      "\"value\":" +
      std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_TRUE(line_refusal(deep).starts_with("journal.jsonl:2: ")) << line_refusal(deep);
}

TEST(Journal, SaysThatAFileIsMissingOrNoFile) {
  const ScratchDirectory directory;
  const auto missing = read(directory / "journal.jsonl");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(missing.error().what, "there is no such journal");
  const auto folder = read(directory.path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(folder.error().next_step, "name the file inside it");
  write_all(directory / "empty", "");
  EXPECT_FALSE(read(directory / "empty"));
}

TEST(Fields, RefuseWhatTheyCannotHold) {
  const auto what = [](std::string_view json) { return base::to_text(parse_fields(json).error()); };
  EXPECT_EQ(what("{\"load\":0.5}"),
            "expected a whole number of 64 bits, not 0.5; write other numbers as text");
  EXPECT_EQ(what("{\"hash\":18446744073709551615}"),
            "expected a whole number of 64 bits, not 18446744073709551615; write other numbers as "
            "text");
  EXPECT_EQ(what("{\"nested\":{\"a\":1}}"), "unknown member 'a'; one of: bytes");
  EXPECT_FALSE(parse_fields("[1]"));
  EXPECT_FALSE(parse_fields("{\"a\":1} {}"));
  EXPECT_FALSE(parse_fields("{\"a\":nul}"));
  EXPECT_FALSE(parse_fields(""));
}

RC_GTEST_PROP(Journal, SurvivesDamageAnywhere, ()) {
  std::string text = journal_of_writes(5);
  const int edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::arbitrary<char>();
  }
  text.resize(*rc::gen::inRange<std::size_t>(0, text.size() + 1));
  const auto history = parse(text, "journal.jsonl");
  if (history) {
    RC_ASSERT(history->operations.size() <= 5u);
  } else {
    RC_ASSERT(history.error().kind == base::ErrorKind::usage);
    RC_ASSERT(history.error().where.starts_with("journal.jsonl"));
  }
}

}  // namespace
}  // namespace eris::journal
