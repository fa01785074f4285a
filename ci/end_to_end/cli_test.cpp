// The command line itself: help, names, completion, generated documentation, output for programs.
//
// ERIS_REWRITE=1 writes the approved help texts anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const fs::path source(ERIS_SOURCE_DIR);

class CommandLine : public EndToEnd {
 protected:
  /// stdout of a command that must succeed without a word on stderr.
  [[nodiscard]] std::string output_of(std::vector<std::string> arguments) const {
    const Ended ended = eris(std::move(arguments));
    EXPECT_EQ(ended.exit_code, 0) << ended;
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }
  [[nodiscard]] Ended shell(const std::string& command) const {
    return run({.arguments = {"-c", command},
                .program = "/bin/sh",
                .directory = directory(),
                .environment = {{"ERIS", ERIS_PROGRAM}}});
  }
};

struct Help {
  const char* name;  ///< of the approved text
  std::vector<std::string> arguments;
};

void PrintTo(const Help& help, std::ostream* stream) {
  *stream << help.name;
}

class ApprovedHelp : public CommandLine, public testing::WithParamInterface<Help> {};

TEST_P(ApprovedHelp, IsAsApproved) {
  const fs::path approved =
      source / "ci/end_to_end/testdata" / (std::string(GetParam().name) + "_help.txt");
  const std::string text = output_of(GetParam().arguments);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  if (std::getenv("ERIS_REWRITE") != nullptr) std::ofstream(approved) << text;
  EXPECT_EQ(text, read(approved)) << "if this is meant: ERIS_REWRITE=1, and look at the difference";
}

INSTANTIATE_TEST_SUITE_P(
    Of, ApprovedHelp,
    testing::Values(Help{"eris", {"--help"}}, Help{"run", {"run", "--help"}},
                    Help{"run_raft", {"run", "raft", "--help"}},
                    Help{"run_etcd", {"run", "etcd", "--help"}}, Help{"check", {"check", "--help"}},
                    Help{"convert", {"convert", "--help"}}, Help{"verify", {"verify", "--help"}},
                    Help{"report", {"report", "--help"}}, Help{"list", {"list", "--help"}},
                    Help{"explain", {"explain", "--help"}}, Help{"doctor", {"doctor", "--help"}},
                    Help{"completion", {"completion", "--help"}}),
    [](const auto& help) { return std::string(help.param.name); });

TEST_F(CommandLine, HelpTellsEveryExitCode) {
  const std::string help = output_of({"--help"});
  for (const char* code : {"0 valid", "1 invalid", "2 unknown", "3 vacuous", "4 environment",
                           "64 usage", "70 internal"})
    EXPECT_THAT(help, HasSubstr(code));
}

TEST_F(CommandLine, TellsItsVersion) {
  EXPECT_THAT(output_of({"--version"}), StartsWith("eris 0."));
}

TEST_F(CommandLine, EveryNameThatIsListedCanBeExplained) {
  const auto listed = nlohmann::json::parse(output_of({"list", "--json"}));
  std::set<std::string> sections;
  for (const auto& [section, entries] : listed.items()) {
    sections.insert(section);
    EXPECT_FALSE(entries.empty()) << section;
    const std::string only = output_of({"list", section});
    for (const auto& entry : entries) {
      const std::string name = entry["name"];
      EXPECT_THAT(only, HasSubstr(name));
      EXPECT_THAT(output_of({"explain", name}), StartsWith(name + " ("));
      EXPECT_FALSE(entry["summary"].get<std::string>().empty()) << name;
    }
  }
  EXPECT_THAT(sections,
              testing::UnorderedElementsAre("systems", "workloads", "faults", "checks", "bugs"));
}

TEST_F(CommandLine, EveryVerdictCanBeExplained) {
  for (const char* verdict : {"valid", "invalid", "unknown", "vacuous", "environment"})
    EXPECT_THAT(output_of({"explain", verdict}), HasSubstr("Exit code"));
}

TEST_F(CommandLine, CompletionScriptsAreValidWhereTheirShellIsInstalled) {
  for (const std::string name : {"bash", "zsh", "fish"}) {
    write("completion." + name, output_of({"completion", name}));
    const fs::path program = find_program(name);
    if (program.empty()) continue;
    const Ended parsed = run({.arguments = {"-n", (directory() / ("completion." + name)).string()},
                              .program = program.string()});
    EXPECT_EQ(parsed.exit_code, 0) << name << parsed;
  }
}

TEST_F(CommandLine, BashCompletesVerbsFlagsAndNames) {
  if (find_program("bash").empty()) GTEST_SKIP() << "bash is not installed";
  write("completion.bash", output_of({"completion", "bash"}));
  const auto completed = [&](const std::string& words, int position) {
    const Ended ended = run({.arguments = {"-c", "source completion.bash; COMP_WORDS=(" + words +
                                                     "); COMP_CWORD=" + std::to_string(position) +
                                                     "; _eris; echo \"${COMPREPLY[@]}\""},
                             .program = find_program("bash").string(),
                             .directory = directory()});
    return ended.out;
  };
  EXPECT_EQ(completed("eris do", 1), "doctor\n");
  EXPECT_THAT(completed("eris run --fau", 2), StartsWith("--faults"));
  EXPECT_EQ(completed("eris run etc", 2), "etcd\n");
  EXPECT_EQ(completed("eris explain partit", 2), "partition\n");
}

TEST_F(CommandLine, TheCommittedCatalogueIsWhatTheProgramSays) {
  EXPECT_EQ(output_of({"docs", "catalogue"}), read(source / "docs/catalogue.md"))
      << "ci/docs writes it anew";
}

TEST_F(CommandLine, TheCommittedManualIsWhatTheProgramSays) {
  EXPECT_EQ(output_of({"docs", "man"}), read(source / "docs/eris.1")) << "ci/docs writes it anew";
}

TEST_F(CommandLine, TheManualRendersWithoutWarnings) {
  const fs::path groff = find_program("groff");
  ASSERT_FALSE(groff.empty()) << "groff is not installed; ci/install does that";
  const Ended rendered =
      // -k: the input is UTF-8, as man tells it too.
      run({.arguments = {"-k", "-man", "-Tutf8", "-ww", "-z", (source / "docs/eris.1").string()},
           .program = groff.string()});
  EXPECT_EQ(rendered.exit_code, 0) << rendered;
  EXPECT_EQ(rendered.err, "");
}

TEST_F(CommandLine, DoctorSpeaksJsonWithARemedyForWhatIsMissing) {
  const Ended ended = eris({"doctor", "--json"});
  const auto found = nlohmann::json::parse(ended.out, nullptr, false);
  ASSERT_TRUE(found.is_array()) << ended;
  bool ready = true;
  for (const auto& capability : found) {
    EXPECT_FALSE(capability["name"].get<std::string>().empty());
    if (capability["available"].get<bool>()) continue;
    EXPECT_FALSE(capability["remedy"].get<std::string>().empty()) << capability;
    if (capability["required"].get<bool>()) ready = false;
  }
  EXPECT_EQ(ended.exit_code, ready ? 0 : 4);
}

TEST_F(CommandLine, AReaderThatLeavesEarlyDoesNoHarm) {
  const Ended ended = shell("\"$ERIS\" docs catalogue | head -n 1");
  EXPECT_EQ(ended.exit_code, 0) << ended;
  EXPECT_EQ(lines_of(ended.out).size(), 1u);
  EXPECT_EQ(ended.err, "") << "no complaint about the closed pipe";
}

TEST_F(CommandLine, AFullDeviceBehindStdoutIsNoSuccess) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  // A text that fits the buffer fails at the end, a longer one midway.
  for (const std::string verb : {"list", "docs catalogue"}) {
    const Ended ended = shell("\"$ERIS\" " + verb + " >/dev/full");
    EXPECT_EQ(ended.exit_code, 4) << "what was asked for is not there\n" << ended;
    EXPECT_EQ(ended.err, "eris: cannot write to stdout: No space left on device\n");
  }
}

/// A saved run of one node, a thousandth of a minute long.
class SavedRunVerbs : public CommandLine {
 protected:
  void SetUp() override {
    ERIS_SKIP_WITHOUT_NAMESPACES();
    const Ended ended = eris({"run", "raft", "--nodes", "1", "--time", "300ms", "--rate", "500",
                              "--faults", "none", "--quiet-period", "100ms", "--out", "run"});
    ASSERT_EQ(ended.exit_code, 0) << ended;
  }
};

TEST_F(SavedRunVerbs, CheckingTwiceGivesTheSameReport) {
  const std::string first = eris({"check", "run"}).out;
  EXPECT_THAT(first, HasSubstr("Valid:"));
  EXPECT_EQ(eris({"check", "run"}).out, first);
}

TEST_F(SavedRunVerbs, CheckSpeaksJson) {
  const Ended ended = eris({"check", "run", "--json"});
  const auto report = nlohmann::json::parse(ended.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << ended;
  EXPECT_EQ(report["exit_code"], ended.exit_code);
}

TEST_F(SavedRunVerbs, ReportTakesEachForm) {
  EXPECT_THAT(output_of({"report", "run"}), HasSubstr("Valid:"));
  EXPECT_EQ(output_of({"report", "run", "--as", "text"}), output_of({"report", "run"}));
  EXPECT_THAT(output_of({"report", "run", "--as", "html"}), StartsWith("<!doctype html>"));
  EXPECT_THAT(output_of({"report", "run", "--as", "junit"}), StartsWith("<?xml"));
  EXPECT_TRUE(nlohmann::json::parse(output_of({"report", "run", "--as", "json"}), nullptr, false)
                  .is_object());
}

TEST_F(SavedRunVerbs, ALoneJournalIsJudgedAndNothingIsWrittenBesideIt) {
  fs::create_directory(directory() / "lone");
  fs::copy_file(directory() / "run/journal.jsonl", directory() / "lone/elsewhere.jsonl");
  const Ended ended = eris({"check", "lone/elsewhere.jsonl"});
  EXPECT_EQ(ended.exit_code, 0) << ended;
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(directory() / "lone")) ++files;
  EXPECT_EQ(files, 1u);
}

class ForeignHistory : public CommandLine {
 protected:
  ForeignHistory() {
    write("good.edn",
          "{:process 0 :type :invoke :f :write :value 1}\n"
          "{:process 0 :type :ok :f :write :value 1}\n"
          "{:process 1 :type :invoke :f :read}\n"
          "{:process 1 :type :ok :f :read :value 1}\n");
    write("stale.txt",
          "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n1\t:invoke\t:read\tnil\n1\t:ok\t:read\tnil\n");
    write("nothing.csv", "process,f,value,call,return,status\n1,write,1,0,5,fail\n");
    write("torn.edn", "{:process 0 :type :invoke :f :write :value 1}\n{:process 0");
  }
};

TEST_F(ForeignHistory, IsJudgedAndItsGuessesAreToldOnStderr) {
  const Ended good = eris({"check", "good.edn"});
  EXPECT_EQ(good.exit_code, 0) << good;
  EXPECT_THAT(good.out, HasSubstr("history    good.edn: object register"));
  EXPECT_THAT(good.err, HasSubstr("guessed: format edn, not keyed and object register"));
  const Ended stale = eris({"check", "stale.txt", "--json"});
  EXPECT_EQ(stale.exit_code, 1) << stale;
  EXPECT_EQ(nlohmann::json::parse(stale.out)["verdict"], "invalid");
  EXPECT_EQ(eris({"check", "stale.txt", "--nil-reads", "any"}).exit_code, 0);
}

TEST_F(ForeignHistory, OfWhichNothingSucceededIsVacuous) {
  const Ended ended = eris({"check", "nothing.csv"});
  EXPECT_EQ(ended.exit_code, 3) << ended;
  EXPECT_THAT(ended.out, HasSubstr("no operation succeeded (1 tried)"));
  write("empty.edn", "[]");
  EXPECT_EQ(eris({"check", "empty.edn"}).exit_code, 3);
}

TEST_F(ForeignHistory, ThatIsMalformedOrMisjudgedIsAUsageError) {
  const Ended torn = eris({"check", "torn.edn"});
  EXPECT_EQ(torn.exit_code, 64) << torn;
  EXPECT_THAT(torn.err, HasSubstr("torn.edn:2:1: this '{' has no '}'"));
  const Ended object = eris({"check", "good.edn", "--object", "registre"});
  EXPECT_EQ(object.exit_code, 64) << object;
  EXPECT_THAT(object.err, HasSubstr("did you mean 'register'?"));
  const Ended format = eris({"check", "good.edn", "--format", "end"});
  EXPECT_EQ(format.exit_code, 64) << format;
  EXPECT_THAT(format.err, HasSubstr("unknown format 'end'"));
}

TEST_F(ForeignHistory, IsConvertedThereAndBack) {
  for (const std::string form : {"edn", "json", "jsonl"}) {
    const Ended there = eris({"convert", "good.edn", "--to", form, "--out", "again." + form});
    EXPECT_EQ(there.exit_code, 0) << there;
    EXPECT_EQ(there.out, "");
    const Ended back = eris({"convert", "again." + form, "--to", "edn"});
    EXPECT_EQ(back.exit_code, 0) << back;
    EXPECT_EQ(lines_of(back.out).size(), 4u);
    EXPECT_EQ(eris({"check", "again." + form}).exit_code, 0);
  }
}

/// The certificate of a saved run, and of the same with a last read that saw the first value.
class Certificates : public CommandLine {
 protected:
  void SetUp() override {
    ERIS_SKIP_WITHOUT_NAMESPACES();
    // One client that writes ever greater values: a last read of 1 is a violation.
    const Ended ended = eris({"run", "raft", "--nodes", "1", "--concurrency", "1", "--workload",
                              "register:cas=0:keys=1", "--time", "300ms", "--rate", "300",
                              "--faults", "none", "--quiet-period", "100ms", "--out", "run"});
    ASSERT_EQ(ended.exit_code, 0) << ended;
  }
  void damage_journal() const {
    std::string journal = read(directory() / "run/journal.jsonl");
    const std::string answer = R"("type":"ok","f":"read")";
    const std::size_t value = journal.find("\"value\":", journal.rfind(answer)) + 8;
    ASSERT_LT(value, journal.size());
    journal.replace(value, journal.find_first_not_of("0123456789", value) - value, "1");
    write("damaged.jsonl", journal);
  }
  void replace_in(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = read(directory() / name);
    const std::size_t place = text.find(from);
    ASSERT_NE(place, std::string::npos) << text;
    write(name, text.replace(place, from.size(), to));
  }
};

TEST_F(Certificates, OfAValidRunIsAccepted) {
  const Ended checked = eris({"check", "run", "--certificate", "certificate.json"});
  EXPECT_EQ(checked.exit_code, 0) << checked;
  EXPECT_THAT(checked.err, HasSubstr("certificate.json: an order for "));
  EXPECT_THAT(
      output_of({"verify", "run", "certificate.json"}),
      StartsWith("Accepted: The history is linearizable as a register: 1 key with an order"));
  const auto said = nlohmann::json::parse(
      output_of({"verify", "run", "certificate.json", "--json"}), nullptr, false);
  EXPECT_EQ(said["accepted"], true);
  EXPECT_EQ(said["proven"], "valid");
}

TEST_F(Certificates, OfAViolationIsAHandfulOfOperationsAndAccepted) {
  damage_journal();
  const Ended checked = eris({"check", "damaged.jsonl", "--certificate", "certificate.json"});
  EXPECT_EQ(checked.exit_code, 1) << checked;
  EXPECT_THAT(checked.err, HasSubstr("certificate.json: a proof of "));
  EXPECT_LT(fs::file_size(directory() / "certificate.json"), 2'000u);
  const std::string said = output_of({"verify", "damaged.jsonl", "certificate.json"});
  EXPECT_THAT(said, StartsWith("Accepted: The history is not linearizable as a register: 1 key "));
  EXPECT_THAT(said, HasSubstr("no order explains the answers of"));
}

TEST_F(Certificates, ThatProveNothingAreRefusedWithTheReason) {
  damage_journal();
  ASSERT_EQ(eris({"check", "damaged.jsonl", "--certificate", "certificate.json"}).exit_code, 1);
  const Ended other = eris({"verify", "run", "certificate.json"});
  EXPECT_EQ(other.exit_code, 1) << other;
  EXPECT_THAT(other.out, StartsWith("Refused: it is about another history"));
  replace_in("certificate.json", "\"object\":\"register\"", "\"object\":\"key-value\"");
  EXPECT_THAT(eris({"verify", "damaged.jsonl", "certificate.json"}).out,
              StartsWith("Refused: it is about the object 'key-value', not 'register'"));
  replace_in("certificate.json", "\"object\":\"key-value\"", "\"object\":\"register\"");
  replace_in("certificate.json", "\"operations\":[", "\"operations\":[999999,");
  const Ended changed = eris({"verify", "damaged.jsonl", "certificate.json"});
  EXPECT_EQ(changed.exit_code, 1) << changed;
  EXPECT_THAT(changed.out, HasSubstr("no operation on this key began at event 999999"));
}

TEST_F(Certificates, ThatAreNoneAreAMistakeOfTheUser) {
  write("certificate.json", "{\"certificate\":1}");
  const Ended ended = eris({"verify", "run", "certificate.json"});
  EXPECT_EQ(ended.exit_code, 64) << ended;
  EXPECT_THAT(ended.err, StartsWith("eris: certificate.json: "));
  EXPECT_EQ(eris({"verify", "run", "missing.json"}).exit_code, 64);
}

}  // namespace
}  // namespace eris::end_to_end
