// What each format means, on small files beside the code; and what is said of files that are wrong.
#include "harness/formats/formats.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::filesystem::path sample(const std::string& name) {
  return std::filesystem::path(ERIS_SOURCE_DIR) / "harness/formats/testdata" / name;
}

Imported must(base::Result<Imported> imported) {
  EXPECT_TRUE(imported) << base::to_text(imported.error());
  return imported ? std::move(*imported) : Imported{};
}

Imported read_sample(const std::string& name, const ReadOptions& options = {}) {
  return must(read(sample(name), options));
}

Imported parsed(std::string_view text, const ReadOptions& options = {}) {
  return must(parse(text, "h", options));
}

/// "[invoked completed] text" of each operation.
std::vector<std::string> told(const Imported& imported) {
  std::vector<std::string> lines;
  for (const model::Operation& operation : imported.history.operations) {
    const std::string end =
        operation.completed == model::never ? "-" : std::to_string(operation.completed);
    lines.push_back("[" + std::to_string(operation.invoked) + " " + end + "] " +
                    to_text(imported.history, operation));
  }
  return lines;
}

std::vector<std::string> notes(const Imported& imported) {
  std::vector<std::string> texts;
  for (const auto& note : imported.history.notes) texts.push_back(note.event.text);
  return texts;
}

std::string refusal(std::string_view text, const ReadOptions& options = {}) {
  const auto imported = parse(text, "h", options);
  return imported ? "accepted" : base::to_text(imported.error());
}

TEST(Formats, ReadsJepsensEdn) {
  const Imported imported = read_sample("register.edn");
  EXPECT_EQ(imported.format, Format::edn);
  EXPECT_TRUE(imported.format_guessed);
  EXPECT_FALSE(imported.keyed);
  EXPECT_EQ(imported.object, "register");
  EXPECT_THAT(told(imported),
              ElementsAre("[0 2] process 0 write 1 [ok]",
                          "[4 6] process 1 cas [1 2] [fail: failed, and does not say why]",
                          "[5 7] process 0 read → 1 [ok]",
                          "[8 -] process 1 write 3 [info: [:timeout \"no answer\"]]",
                          "[10 -] process 11 read [info]"));
  EXPECT_THAT(notes(imported),
              ElementsAre("nemesis start-partition",
                          "nemesis start-partition {:isolated {\"n1\" #{\"n2\" \"n3\"}}, :share "
                          "0.5}"));
  EXPECT_EQ(imported.history.operations[0].invoked_at, base::Instant(1000));
  EXPECT_EQ(imported.history.operations[0].completed_at, base::Instant(3000));
  EXPECT_EQ(imported.history.operations[4].completed_at, base::Instant(11000));
  EXPECT_THAT(imported.history.remarks, IsEmpty());
}

TEST(Formats, ReadsAVectorOfKeyedOperations) {
  const Imported imported = read_sample("keyed.edn");
  EXPECT_TRUE(imported.keyed);
  EXPECT_TRUE(imported.keyed_guessed);
  EXPECT_EQ(imported.object, "key-value");
  EXPECT_THAT(told(imported),
              ElementsAre("[0 3] process 0 read 7 → 5 [ok]", "[1 2] process 1 cas 7 [nil 5] [ok]",
                          "[4 5] process 0 write \"x\" 6 [fail: refused]"));
  EXPECT_THAT(imported.history.remarks,
              ElementsAre("the file tells no times: its events are shown one millisecond apart"));
}

TEST(Formats, AReadersWordOnKeysCounts) {
  const Imported imported = read_sample("keyed.edn", {.keyed = false, .object = "register"});
  EXPECT_FALSE(imported.keyed_guessed);
  EXPECT_EQ(imported.object, "register");
  EXPECT_EQ(told(imported)[2], "[4 5] process 0 write [\"x\" 6] [fail: refused]");
}

TEST(Formats, ReadsTheOperationsInALog) {
  const Imported imported = read_sample("etcd.log");
  EXPECT_EQ(imported.format, Format::text);
  EXPECT_EQ(imported.object, "register");
  EXPECT_THAT(told(imported), ElementsAre("[0 4] process 0 read [fail: timed-out]",
                                          "[1 3] process 1 cas [0 3] [fail]",
                                          "[5 -] process 1 write 4 [info: timed-out]"));
  EXPECT_THAT(notes(imported), ElementsAre("nemesis start"));
  EXPECT_THAT(imported.history.remarks,
              ElementsAre("2 lines of the file tell of no operation",
                          "the file tells no times: its events are shown one millisecond apart"));
}

TEST(Formats, ReadsJepsensHistoryText) {
  const Imported imported = read_sample("queue.txt");
  EXPECT_EQ(imported.format, Format::text);
  EXPECT_EQ(imported.object, "queue");
  EXPECT_THAT(told(imported),
              ElementsAre("[0 1] process 0 enqueue 5 [ok]", "[2 3] process 1 dequeue → 5 [ok]",
                          "[4 5] process 1 dequeue [fail: empty]"));
}

TEST(Formats, ReadsEllesJson) {
  const Imported imported = read_sample("list_append.json");
  EXPECT_EQ(imported.format, Format::json);
  EXPECT_EQ(imported.object, "list-append");
  EXPECT_THAT(
      told(imported),
      ElementsAre("[0 1] process 0 txn [[\"append\" 1 5] [\"r\" 2 nil]] → [[\"append\" 1 5] [\"r\" "
                  "2 [3 4]]] [ok]",
                  "[2 -] process 1 txn [[\"r\" 1 nil]] [info: [\"timeout\",3]]"));
}

TEST(Formats, ReadsJsonALine) {
  const Imported imported = read_sample("bank.json");
  EXPECT_EQ(imported.format, Format::json);
  EXPECT_EQ(imported.object, "bank");
  EXPECT_THAT(told(imported), ElementsAre("[0 1] process 0 transfer [0 1 5] [ok]",
                                          "[3 4] process 0 read → [[0 -5] [1 15]] [ok]"));
  EXPECT_THAT(notes(imported), ElementsAre("nemesis kill [\"n1\"]"));
}

TEST(Formats, ReadsATable) {
  const Imported imported = read_sample("table.csv");
  EXPECT_EQ(imported.format, Format::csv);
  EXPECT_EQ(imported.object, "key-value");
  // What happens at 20 is concurrent, so that the write of "a,b" is another process's.
  EXPECT_THAT(
      told(imported),
      ElementsAre("[0 3] process 0 write \"x\" 1 [ok]", "[1 4] process 1 read \"x\" → 1 [ok]",
                  "[2 -] process 1000000 write \"a,b\" \"hello world\" [info]",
                  "[5 6] process 1 cas \"x\" [1 2] [fail: said \"no\", twice]",
                  "[7 8] process 1000001 read \"x\" → \"5\" [ok]"));
  EXPECT_EQ(imported.history.operations[0].completed_at, base::Instant(20));
}

TEST(Formats, ReadsATableOfJsonLines) {
  const Imported imported = read_sample("table.jsonl");
  EXPECT_EQ(imported.format, Format::jsonl);
  EXPECT_EQ(imported.object, "register");
  EXPECT_THAT(told(imported), ElementsAre("[0 1] process 1 write \"k\" [1 \"a\"] [ok]",
                                          "[2 -] process 2 write \"k\" true [info]",
                                          "[3 6] process 3 read \"k\" → nil [ok]",
                                          "[4 5] process 1 cas \"k\" [1 2] → 7 [fail]"));
}

TEST(Formats, AnOperationAtTheVeryTimeOfAnotherIsConcurrentWithIt) {
  const Imported imported = parsed(
      "process,f,value,result,call,return\n"
      "1,write,1,,0,5\n"
      "2,read,,,5,5\n");
  EXPECT_THAT(told(imported),
              ElementsAre("[0 2] process 1 write 1 [ok]", "[1 3] process 2 read → nil [ok]"));
}

TEST(Formats, GuessesByTheBeginning) {
  const auto guess = [](std::string_view text) {
    const auto format = guess_format(text);
    return format ? std::string(to_text(*format)) : "none";
  };
  EXPECT_EQ(guess("{\"eris-journal\":1}\n"), "journal");
  EXPECT_EQ(guess("; hello\n\n [ {:process 1"), "edn");
  EXPECT_EQ(guess("({:process 1"), "edn");
  EXPECT_EQ(guess("#jepsen.history.Op{:index"), "edn");
  EXPECT_EQ(guess("[]"), "edn");
  EXPECT_EQ(guess(" {\"type\":\"invoke\""), "json");
  EXPECT_EQ(guess("[\n {\"index\":0"), "json");
  EXPECT_EQ(guess("{\"process\":1,\"call\":2"), "jsonl");
  EXPECT_EQ(guess("\xEF\xBB\xBFprocess;x,call\n"), "none");
  EXPECT_EQ(guess("\xEF\xBB\xBFprocess,x,call\n"), "csv");
  EXPECT_EQ(guess("\"Process\", \"Call\"\n"), "csv");
  EXPECT_EQ(guess("3\t:invoke\t:read\tnil"), "text");
  EXPECT_EQ(guess("lein run test\nINFO  jepsen.util - 3\t:invoke\t:read\tnil"), "text");
  EXPECT_EQ(guess("\x7f\x45LF"), "none");
  EXPECT_EQ(guess(""), "none");
}

TEST(Formats, EachHasAnEntryAndAName) {
  for (const model::EntrySchema& entry : registry()) {
    const auto format = parse_format(entry.name);
    ASSERT_TRUE(format);
    EXPECT_EQ(to_text(*format), entry.name);
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_FALSE(entry.explanation.empty());
  }
  EXPECT_EQ(base::to_text(parse_format("ednn").error()),
            "unknown format 'ednn'; did you mean 'edn'?");
}

TEST(Formats, AProcessGoesOnUnderAnotherNumberAfterAnUnknownOutcome) {
  const Imported imported = parsed(
      "{:process 1 :type :invoke :f :write :value 1 :time 1}\n"
      "{:process 1 :type :info :f :write :value 1 :time 2}\n"
      "{:process 1 :type :invoke :f :write :value 2 :time 3}\n"
      "{:process 1 :type :ok :f :write :value 2 :time 4}\n");
  EXPECT_THAT(told(imported),
              ElementsAre("[0 -] process 1 write 1 [info]", "[2 3] process 1000000 write 2 [ok]"));
  EXPECT_THAT(
      imported.history.remarks,
      ElementsAre("one process goes on after an unknown outcome, from there on under another "
                  "number, from 1000000 upwards"));
}

TEST(Formats, ANilReadIsOfNothingUnlessItStandsForAnything) {
  const std::string_view text =
      "{:process 1 :type :invoke :f :read}{:process 1 :type :ok :f :read :value nil}";
  EXPECT_THAT(told(parsed(text)), ElementsAre("[0 1] process 1 read → nil [ok]"));
  EXPECT_THAT(told(parsed(text, {.nil_read_is_any = true})),
              ElementsAre("[0 1] process 1 read [fail: read nil, which stands for any value]"));
}

TEST(Formats, AFailedCasSaysSomethingOnlyWhereItsFormatMeansThat) {
  const std::string_view edn =
      "{:process 1 :type :invoke :f :cas :value [1 2]}"
      "{:process 1 :type :fail :f :cas :value [1 2]}";
  const std::string_view observed =
      "{:process 1 :type :invoke :f :cas :value [1 2]}"
      "{:process 1 :type :fail :f :cas :value [1 2] :observed 3}";
  const std::string_view text = "1 :invoke :cas [1 2]\n1 :fail :cas [1 2]\n";
  EXPECT_THAT(told(parsed(edn)),
              ElementsAre("[0 1] process 1 cas [1 2] [fail: failed, and does not say why]"));
  EXPECT_THAT(told(parsed(edn, {.failed_cas_compared = true})),
              ElementsAre("[0 1] process 1 cas [1 2] [fail]"));
  EXPECT_THAT(told(parsed(observed)), ElementsAre("[0 1] process 1 cas [1 2] → 3 [fail]"));
  EXPECT_THAT(told(parsed(text)), ElementsAre("[0 1] process 1 cas [1 2] [fail]"));
  EXPECT_THAT(told(parsed(text, {.failed_cas_compared = false})),
              ElementsAre("[0 1] process 1 cas [1 2] [fail: failed, and does not say why]"));
}

TEST(Formats, AddCountsWhereNumbersAreRead) {
  const std::string counter =
      "{:process 1 :type :invoke :f :add :value 2}{:process 1 :type :ok :f :add :value 2}"
      "{:process 1 :type :invoke :f :read}{:process 1 :type :ok :f :read :value 2}";
  const std::string set =
      "{:process 1 :type :invoke :f :add :value 2}{:process 1 :type :ok :f :add :value 2}"
      "{:process 1 :type :invoke :f :read}{:process 1 :type :ok :f :read :value #{2 1}}";
  const Imported counted = parsed(counter);
  EXPECT_EQ(counted.object, "counter");
  EXPECT_EQ(told(counted)[0], "[0 1] process 1 increment 2 [ok]");
  const Imported collected = parsed(set);
  EXPECT_EQ(collected.object, "grow-only-set");
  EXPECT_EQ(told(collected)[0], "[0 1] process 1 add 2 [ok]");
  EXPECT_EQ(told(collected)[1], "[2 3] process 1 read → [1 2] [ok]");
  EXPECT_EQ(told(parsed(counter, {.object = "fetch-and-add"}))[0],
            "[0 1] process 1 fetch-add 2 [ok]");
}

TEST(Formats, FunctionsGetTheNamesThatErisKnows) {
  const auto line = [](const std::string& f, const std::string& asked, const std::string& said) {
    return told(parsed("1 :invoke :" + f + " " + asked + "\n1 :ok :" + f + " " + said + "\n"))[0]
        .substr(16);
  };
  EXPECT_EQ(line("get", "nil", "5"), "read → 5 [ok]");
  EXPECT_EQ(line("put", "5", "5"), "write 5 [ok]");
  EXPECT_EQ(line("inc", "nil", "nil"), "increment 1 [ok]");
  EXPECT_EQ(line("dec", "3", "3"), "increment -3 [ok]");
  EXPECT_EQ(line("increment", "3", "8"), "increment 3 → 8 [ok]");
  EXPECT_EQ(line("compare-and-set", "{:old 1 :new 2}", "nil"), "cas [1 2] [ok]");
  EXPECT_EQ(line("remove", "5", "5"), "discard 5 [ok]");
  EXPECT_EQ(line("delete", "nil", "nil"), "delete [ok]");
  EXPECT_EQ(line("lock", "nil", "17"), "acquire → 17 [ok]");
  EXPECT_EQ(line("drain", "nil", "[1 2]"), "drain → [1 2] [ok]");
  EXPECT_EQ(line("extract-min", "nil", "2"), "extract → 2 [ok]");
  EXPECT_EQ(line("generate", "nil", "\"id\""), "generate → \"id\" [ok]");
  EXPECT_EQ(line("send", "[[:send 1 7]]", "[[:send 1 [0 7]]]"),
            "txn [[\"send\" 1 7]] → [[\"send\" 1 [0 7]]] [ok]");
  EXPECT_EQ(line("poll", "[[:poll]]", "[[:poll {1 [[0 7]]}]]"),
            "txn [[\"poll\"]] → [[\"poll\" [[1 [[0 7]]]]]] [ok]");
  EXPECT_EQ(line("txn", "[[:read :x nil]]", "[[:read :x 3]]"),
            "txn [[\"r\" \"x\" nil]] → [[\"r\" \"x\" 3]] [ok]");
}

TEST(Formats, IndicesThatDoNotAscendAreTold) {
  const Imported imported = parsed(
      "{:process 1 :type :invoke :f :read :index 5 :time 1}\n"
      "{:process 1 :type :ok :f :read :value 1 :index 4 :time 2}\n"
      "{:process 2 :type :invoke :f :read :index 9 :time 3}\n");
  EXPECT_THAT(told(imported),
              ElementsAre("[5 6] process 1 read → 1 [ok]", "[9 -] process 2 read [info]"));
  EXPECT_THAT(imported.history.remarks,
              ElementsAre("one index is not ascending: the order of the file is taken"));
}

struct Wrong {
  const char* text;
  const char* said;
};

void expect_refused(const std::vector<Wrong>& cases, const ReadOptions& options) {
  for (const Wrong& wrong : cases) EXPECT_EQ(refusal(wrong.text, options), wrong.said);
}

TEST(Formats, SayWhatIsWrongWithEdn) {
  expect_refused(
      {
          {"[{:process 1", "h:1:2: this '{' has no '}': the file ends before it"},
          {"[{:process 1 :type :invoke :f :read}",
           "h:1:1: this '[' has no ']': the file ends before it"},
          {"[{:process 1 :type :invoke :f :read}] 5",
           "h:1:39: expected the end of the file, found '5'"},
          {"{:process 1 :type :invoke :f :read}\n\n  oops",
           "h:3:3: expected an operation's map, '{', found 'oops'"},
          {"{:process 1 :type :invok :f :read}",
           "h:1:19: expected one of :invoke, :ok, :fail, :info as :type, found ':invok'"},
          {"{:process 1 :type 5}",
           "h:1:19: expected one of :invoke, :ok, :fail, :info as :type, found '5'"},
          {"{:type :invoke :f :read}", "h:1:1: expected a 'process': an operation needs one"},
          {"{:process 1 :f :read}",
           "h:1:1: expected a 'type': an operation needs one of invoke, ok, fail, info"},
          {"{:process 1 :type :invoke :value 5}",
           "h:1:1: expected an 'f': an operation needs a function"},
          {"{:process 1 :type :invoke :f 5}", "h:1:30: expected a keyword as :f, found 5"},
          {"{:process 1 :type :invoke :f :read :time :x}",
           "h:1:42: expected an integer of nanoseconds as :time, found ':x'"},
          {"{:process 1 :type :invoke :f :read :index \"é\" :time}",
           "h:1:43: expected an integer as :index, found '\"'"},
          {"{:process 1 :type :invoke :f :read, :é :é :time}",
           "h:1:48: expected a value for :time, found '}'"},
          {"{:process 1 :type :invoke :f :write :value 1.5}",
           "h:1:44: expected an integer: 1.5 is no integer; Eris holds integers of 64 bits; write "
           "others as text"},
          {"{:process 1 :type :invoke :f :write :value [2/3]}",
           "h:1:45: expected an integer: 2/3 is no integer; Eris holds integers of 64 bits; write "
           "others as text"},
          {"{:process 1 :type :invoke :f :write :value 99999999999999999999N}",
           "h:1:44: expected an integer: 99999999999999999999N does not fit into 64 bits; Eris "
           "holds integers of 64 bits; write others as text"},
          {"{:process 1 :type :invoke :f :write :value [1 2}",
           "h:1:48: expected a value, found '}'"},
          {"{:process 1 :type :invoke :f :write :value \"abc}",
           "h:1:44: this '\"' has no '\"': the file ends before it"},
          {"{:process 1 :type :invoke :f :write :value \"\\q\"}",
           "h:1:45: expected an escape: one of \\\" \\\\ \\b \\f \\n \\r \\t \\u0041"},
          {"{:process 1 :type :invoke :f :write :value {:a}}",
           "h:1:44: a map has a value for each key, and this one has a key without"},
          {"{:process 1 :type :invoke :f :cas :value 5}",
           "h:1:42: expected [old new] as the value of 'cas', found 5"},
          {"{:process 1 :type :invoke :f :a-name-that-is-too-long :value 5}",
           "h:1:1: 'a-name-that-is-too-long' cannot name a function of a client; use 1 to 15 "
           "characters"},
          {"{:process 1 :type :ok :f :read}",
           "h:1:1: process 1 completes 'read', which it does not await"},
          {"{:process 1 :type :invoke :f :read}\n{:process 1 :type :invoke :f :write :value 1}",
           "h:2:1: process 1 invokes 'write' although it still awaits its 'read'"},
          {"{:process 1 :type :invoke :f :read}\n{:process 1 :type :ok :f :write :value 1}",
           "h:2:1: process 1 completes 'write' but had invoked 'read'"},
          {"{:process 1 :type :invoke :f :read :key 1}\n{:process 1 :type :ok :f :read :key 2}",
           "h:2:1: process 1 completes 'read' of key 2 but had invoked it of key 1"},
      },
      {.format = Format::edn});
}

TEST(Formats, SayWhatIsWrongWithKeys) {
  const std::string_view text =
      "{:process 1 :type :invoke :f :read :value [1 nil]}\n"
      "{:process 2 :type :invoke :f :write :value [1 5]}\n"
      "{:process 1 :type :ok :f :read :value 5}\n";
  EXPECT_EQ(refusal(text),
            "h:3:39: expected a value [key value], found 5; the file seems to be keyed; if it is "
            "not, say --not-keyed");
  // Not keyed by all that was seen at first, and then a read asks for a key.
  std::string late;
  for (int i = 0; i < 600; ++i) late += "1 :invoke :write [2 3]\n1 :ok :write [2 3]\n";
  late += "1 :invoke :read [2 nil]\n";
  EXPECT_EQ(
      refusal(late),
      "h:1201:17: expected a value without a key, found [2 nil]; the file does not seem to be "
      "keyed; say --keyed or --not-keyed");
  EXPECT_EQ(refusal("{:process 1 :type :invoke :f :read}", {.keyed = true}),
            "h:1:1: expected a value [key value], found nil; if the file is not keyed, say "
            "--not-keyed");
}

TEST(Formats, SayWhatIsWrongWithTextLines) {
  expect_refused(
      {
          {"hello\nworld\n", "h:1:1: expected lines such as '3 :invoke :read nil', found none"},
          {"3 :invoke :read nil\n3 :okay :read 5\n",
           "h:2:3: expected one of :invoke, :ok, :fail, :info as :type, found ':okay'"},
          {"3 :invoke\n", "h:1:10: expected a function, found the end of the line"},
          {"3 :invoke :cas [1 2\n3 :ok :cas nil\n",
           "h:1:16: this '[' has no ']': the line ends before it"},
          {"3 :invoke :read nil\nand so on\n",
           "h:2:1: expected a number or a keyword as the process, found 'and'"},
          {"INFO  jepsen.util - 3\t:invoke\t:write\t0.5\n",
           "h:1:38: expected an integer: 0.5 is no integer; Eris holds integers of 64 bits; write "
           "others as text"},
      },
      {.format = Format::text});
}

TEST(Formats, SayWhatIsWrongWithJson) {
  expect_refused(
      {
          {"[{\"process\":1,", "h:1:2: this '{' has no '}': the file ends before it"},
          {"[{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}\n",
           "h:1:1: this '[' has no ']': the file ends before it"},
          {"[{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"} 5]",
           "h:1:43: expected ',' or ']', found '5'"},
          {"[5]", "h:1:2: expected an operation's object, '{', found '5'"},
          {"{\"process\":1,\"type\":\"invoked\"}",
           "h:1:21: expected one of \"invoke\", \"ok\", \"fail\", \"info\" as \"type\", found "
           "\"invoked\""},
          {"{\"process\":1,\"type\":7}",
           "h:1:21: expected one of \"invoke\", \"ok\", \"fail\", \"info\" as \"type\", found 7"},
          {"\n{\"process\":1,\"type\":\"invoke\",\"f\":[]}",
           "h:2:34: expected a string as \"f\", found ["},
          {"{\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"value\":0.5}",
           "h:1:50: expected an integer: 0.5 is none of 64 bits; Eris holds integers of 64 bits; "
           "write others as text"},
          {"{\"process\":-1}", "h:1:12: expected a number or a string as \"process\", found -1"},
          {"{\"process\":1,\"time\":\"now\"}",
           "h:1:21: expected an integer of nanoseconds as \"time\", found \"now\""},
      },
      {.format = Format::json});
  EXPECT_THAT(refusal("{\"process\":1 \"type\":2}", {.format = Format::json}),
              HasSubstr("malformed JSON: "));
}

TEST(Formats, SayWhatIsWrongWithATable) {
  expect_refused(
      {
          {"", "h:1:1: expected a line of column names"},
          {"process,f,call\n",
           "h:1:1: expected a column 'return'; a table has process, f, key, value, result, call, "
           "return, and perhaps status and error"},
          {"process,f,call,return,f\n", "h:1:23: the column 'f' stands there twice"},
          {"process,f,call,return\n1,read,x,2\n",
           "h:2:8: expected an integer as call, found 'x'; any whole numbers that give the order "
           "will do, nanoseconds for one"},
          {"process,f,call,return\n1,read,3,2\n",
           "h:2:1: the operation returns at 2, before its call at 3"},
          {"process,f,call,return\n1,,3,4\n",
           "h:2:1: expected a 'f': an operation needs a function"},
          {"process,f,call,return\n,read,3,4\n",
           "h:2:1: expected a 'process': an operation needs one"},
          {"process,f,call,return\n1,read,,4\n",
           "h:2:1: expected a 'call': an operation needs the time at which it was called"},
          {"process,f,call,return,status\n1,read,3,,ok\n",
           "h:2:1: expected a 'return': only an operation of unknown outcome has none"},
          {"process,f,call,return,status\n1,read,3,4,good\n",
           "h:2:12: expected one of ok, fail, info as status, found 'good'"},
          {"process,f,call,return\n1,read,3,4,5\n",
           "h:2:12: expected 4 cells in this row, found 5; put quotes around a cell that holds a "
           "comma"},
          {"process,f,call,return\n1,read,3,\"4\n",
           "h:2:10: this '\"' has no other: the file ends before it"},
          {"process,f,call,return\n1,\"read\"x,3,4\n",
           "h:2:9: expected ',' or the end of the line after a quoted cell, found 'x'"},
          {"process,f,value,call,return\n1,write,0.5,3,4\n",
           "h:2:9: expected an integer: 0.5 is no integer; Eris holds integers of 64 bits; write "
           "others as text"},
          {"process,f,value,call,return\n1,write,[1 2,3,4\n",
           "h:2:9: this '[' has no ']': the cell ends before it"},
          {"process,f,call,return\n1,read,3,6\n1,read,5,8\n",
           "h:3:1: process 1 calls 'read' at 5, before its 'read' returns at 6; a process does one "
           "thing at a time; give each client its own"},
          {"process,f,call,return\n1,read,3,6\nbob,read,5,8\n",
           "h:3:1: some processes are numbers, and others are words; name all of them in one way"},
      },
      {.format = Format::csv});
  expect_refused({{"{\"process\":1,\"f\":\"read\",\"call\":\"x\",\"return\":2}",
                   "h:1:32: expected an integer as \"call\", found \"x\""},
                  {"{\"process\":1,\"f\":\"read\",\"call\":1,\"return\":2,\"status\":\"maybe\"}",
                   "h:1:54: expected one of \"ok\", \"fail\", \"info\" as \"status\", found "
                   "\"maybe\""}},
                 {.format = Format::jsonl});
}

TEST(Formats, SayWhenAFormatCannotBeTold) {
  EXPECT_EQ(refusal(""), "h:1:1: the file is empty");
  EXPECT_EQ(refusal("Dear reader"),
            "h:1:1: cannot tell what format this is; say which with --format: journal, edn, text, "
            "json, csv or jsonl");
  EXPECT_EQ(base::to_text(read("nowhere.edn", {}).error()),
            "nowhere.edn: there is no such history");
}

TEST(Formats, NestingHasAnEnd) {
  const std::string deep(100'000, '[');
  const std::string discards = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "#_";
    return text;
  }();
  const std::string begin = "{:process 1 :type :invoke :f :write :value ";
  EXPECT_THAT(refusal(begin + deep), HasSubstr("nested more than 500 deep"));
  EXPECT_THAT(refusal(begin + discards), HasSubstr("nested more than 500 deep"));
  EXPECT_THAT(refusal("{:other " + deep), HasSubstr("nested more than 500 deep"));
  EXPECT_THAT(refusal("{\"process\":1,\"value\":" + deep + std::string(deep.size(), ']') + "}"),
              HasSubstr("h:1:"));
}

}  // namespace
}  // namespace eris::formats
