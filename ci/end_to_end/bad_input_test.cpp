// What a user gets wrong, and what a machine lacks: one clear message on stderr, the right exit
// code, nothing on stdout, and no run directory where nothing was recorded.
#include <algorithm>
#include <filesystem>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr int exit_environment = 4;
constexpr int exit_usage = 64;

struct Mistake {
  const char* what;  ///< for the test's name
  std::vector<std::string> arguments;
  int exit_code;
  std::vector<std::string> said;  ///< parts of the one line on stderr
};

void PrintTo(const Mistake& mistake, std::ostream* stream) {
  *stream << mistake.what;
}

/// Files that every test of this program finds: a plan for each way to be wrong, and journals.
class BadInput : public EndToEnd {
 protected:
  BadInput() {
    write("unknown_key.toml", "name = \"x\"\nnodez = 3\n[system]\nname = \"raft\"\n");
    write("wrong_type.toml", "name = \"x\"\nnodes = \"three\"\n[system]\nname = \"raft\"\n");
    write("not_toml.toml", "name = \"x\"\nnodes =\n[system]\nname = \"raft\"\n");
    write("a_file", "not a directory\n");
    fs::create_directory(directory() / "no_run");
    fs::create_directory(directory() / "empty");
    write("empty/journal.jsonl", "");
    write("garbage.jsonl", std::string("\x7f\x45\x4c\x46\x00\xff\xfe\x01\n\x02", 10));
    write("newer.jsonl", "{\"eris-journal\":99}\n");
    fs::create_directory(directory() / "holds_a_run");
    write("holds_a_run/journal.jsonl", "{\"eris-journal\":1}\n");
  }

  void expect_nothing_recorded() const {
    EXPECT_FALSE(fs::exists(directory() / "eris-runs"));
    EXPECT_FALSE(fs::exists(directory() / "new"));
  }
};

class OneMessage : public BadInput, public testing::WithParamInterface<Mistake> {};

TEST_P(OneMessage, OnStderrAndTheRightExitCode) {
  const Ended ended = eris(GetParam().arguments);
  EXPECT_EQ(ended.exit_code, GetParam().exit_code) << ended;
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended;
  EXPECT_THAT(ended.err, StartsWith("eris: "));
  for (const std::string& part : GetParam().said) EXPECT_THAT(ended.err, HasSubstr(part));
  expect_nothing_recorded();
}

std::string name_of(const testing::TestParamInfo<Mistake>& info) {
  return info.param.what;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, OneMessage,
    testing::Values(
        Mistake{"NoVerb", {}, exit_usage, {"eris --help"}},
        Mistake{"UnknownVerb", {"chek"}, exit_usage, {"did you mean 'check'?"}},
        Mistake{"UnknownFlag", {"run", "raft", "--tmie", "3s"}, exit_usage, {"--tmie", "--time"}},
        Mistake{"UnknownSystem", {"run", "rafft"}, exit_usage, {"'rafft'", "mean 'raft'?"}},
        Mistake{"UnknownFault",
                {"run", "raft", "--faults", "partitoin"},
                exit_usage,
                {"unknown fault 'partitoin'", "did you mean 'partition'?"}},
        // Not "target is required": a flag takes one word, and leaves the system alone.
        Mistake{"UnknownFaultBeforeTheSystem",
                {"run", "--faults", "partitoin", "raft"},
                exit_usage,
                {"unknown fault 'partitoin'"}},
        Mistake{"UnknownBugBeforeTheSystem",
                {"run", "--bug", "stale-raed", "raft"},
                exit_usage,
                {"'stale-raed'"}},
        Mistake{"UnknownFaultOption",
                {"run", "raft", "--faults", "partition:shap=halves"},
                exit_usage,
                {"'shap'", "did you mean 'shape'?"}},
        Mistake{"UnknownShape",
                {"run", "raft", "--faults", "partition:shape=halvs"},
                exit_usage,
                {"'halvs'", "did you mean 'halves'?"}},
        Mistake{"UnknownWorkload",
                {"run", "raft", "--workload", "regster"},
                exit_usage,
                {"'regster'", "did you mean 'register'?"}},
        Mistake{"UnknownBug",
                {"run", "raft", "--bug", "stale-raed"},
                exit_usage,
                {"'stale-raed'", "did you mean 'stale-read'?"}},
        Mistake{"UnknownConsistency",
                {"run", "raft", "--consistency", "linearisable"},
                exit_usage,
                {"'linearisable'", "did you mean 'linearizable'?"}},
        Mistake{"UnknownName", {"explain", "partion"}, exit_usage, {"mean 'partition'?"}},
        Mistake{"UnknownForm",
                {"report", "holds_a_run", "--as", "pdf"},
                exit_usage,
                {"pdf", "html", "junit"}},
        Mistake{"TwoTargets", {"run", "raft", "etcd"}, exit_usage, {"etcd"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Values, OneMessage,
    testing::Values(
        Mistake{"NoNodes", {"run", "raft", "--nodes", "0"}, exit_usage, {"at least 1"}},
        Mistake{"TooManyNodes", {"run", "raft", "--nodes", "5000"}, exit_usage, {"at most"}},
        Mistake{"NoProcesses", {"run", "raft", "--concurrency", "0"}, exit_usage, {"at least 1"}},
        Mistake{"NegativeRate", {"run", "raft", "--rate", "-5"}, exit_usage, {"'rate'"}},
        Mistake{"NotADuration",
                {"run", "raft", "--time", "banana"},
                exit_usage,
                {"--time", "'banana'", "20s"}},
        Mistake{"NoTime", {"run", "raft", "--time", "0s"}, exit_usage, {"'time-limit'"}},
        Mistake{
            "NotASize", {"run", "raft", "--memory-budget", "lots"}, exit_usage, {"'lots'", "2GiB"}},
        Mistake{"NotASeed", {"run", "raft", "--seed", "x"}, exit_usage, {"--seed"}},
        Mistake{"FaultAfterTheEnd",
                {"run", "raft", "--time", "1s", "--faults", "partition:start=20s"},
                exit_usage,
                {"never strikes", "'start'"}},
        Mistake{"PortsClash",
                {"run", "raft", "--peer-port", "7000"},
                exit_usage,
                {"peer-port and client-port are the same"}},
        Mistake{"FunctionThatTheSystemLacks",
                {"run", "etcd", "--endpoints", "127.0.0.1:1", "--workload", "kv"},
                exit_environment,  // it is asked for its version first, and nobody answers
                {"no etcd answers"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Plans, OneMessage,
    testing::Values(Mistake{"Missing", {"run", "nowhere.toml"}, exit_usage, {"nowhere.toml"}},
                    Mistake{"UnknownKey",
                            {"run", "unknown_key.toml"},
                            exit_usage,
                            {"unknown_key.toml:2:1:", "'nodez'", "did you mean 'nodes'?"}},
                    Mistake{"WrongType",
                            {"run", "wrong_type.toml"},
                            exit_usage,
                            {"wrong_type.toml:2:", "whole number"}},
                    Mistake{"NotToml", {"run", "not_toml.toml"}, exit_usage, {"not_toml.toml:2:"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Journals, OneMessage,
    testing::Values(
        Mistake{"Missing", {"check", "nowhere"}, exit_usage, {"nowhere: no such file"}},
        Mistake{"DirectoryWithoutOne",
                {"check", "no_run"},
                exit_usage,
                {"no_run: this directory holds no journal.jsonl"}},
        Mistake{"Empty", {"check", "empty"}, exit_usage, {"empty/journal.jsonl", "header"}},
        Mistake{"Garbage", {"check", "garbage.jsonl"}, exit_usage, {"garbage.jsonl:1:"}},
        Mistake{"OfANewerVersion",
                {"check", "newer.jsonl"},
                exit_usage,
                {"newer.jsonl:1:", "version 99", "newer Eris"}},
        Mistake{"NoneToReport", {"report", "no_run"}, exit_usage, {"no_run"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Machine, OneMessage,
    testing::Values(Mistake{"RunDirectoryHoldsARun",
                            {"run", "raft", "--out", "holds_a_run"},
                            exit_usage,
                            {"already holds a run", "--out"}},
                    Mistake{"RunDirectoryIsAFile",
                            {"run", "raft", "--out", "a_file"},
                            exit_environment,
                            {"a_file: cannot create the run directory", "--out"}},
                    Mistake{"NobodyAtTheEndpoints",
                            {"run", "etcd", "--endpoints", "127.0.0.1:1", "--faults", "none"},
                            exit_environment,
                            {"no etcd answers at 127.0.0.1:1"}},
                    Mistake{"NoSuchProgram",
                            {"run", "raft", "--program", "./nothing"},
                            exit_environment,
                            {"nothing: there is no such program", "--program"}},
                    Mistake{"ProgramIsNotExecutable",
                            {"run", "raft", "--program", "./a_file"},
                            exit_environment,
                            {"a_file: this program cannot be started", "chmod +x"}}),
    name_of);

TEST_F(BadInput, WithoutEtcdTheMessageSaysWhatToInstall) {
  const Ended ended = run({.arguments = {"run", "etcd", "--out", "new"},
                           .directory = directory(),
                           .environment = {{"PATH", (directory() / "no_run").string()}}});
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_EQ(ended.err,
            "eris: PATH: etcd is not installed; install etcd-server (apt-get install "
            "etcd-server)\n");
  expect_nothing_recorded();
}

TEST_F(BadInput, ARunDirectoryThatCannotBeWrittenToIsAnEnvironmentError) {
  const Ended ended = eris({"run", "raft", "--out", "/proc/eris-run"});
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("/proc/eris-run"));
}

/// A port of 127.0.0.1 at which this test listens.
class TakenPort {
 public:
  TakenPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, any, size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, any, &size), 0);
    number_ = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { ::close(socket_); }
  [[nodiscard]] std::string number() const { return std::to_string(number_); }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unsigned number_ = 0;
};

TEST_F(BadInput, ATakenPortIsNamedByTheNodeProgram) {
  // Under Eris each node has a network of its own; by hand on one machine, ports do clash.
  const TakenPort node_port;
  const TakenPort client_port;
  const std::string peers = "n1=127.0.0.1:" + node_port.number() + ":" + client_port.number();
  const Ended ended =
      run({.arguments = {"--id", "n1", "--peers", peers, "--data", directory().string()},
           .program = ERIS_RAFT_PROGRAM});
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err,
              MatchesRegex("eris-raft n1: cannot listen at 127.0.0.1:[0-9]+: Address already in "
                           "use; stop what uses the port, or choose another\n"));
}

/// Programs that are started as nodes and do not do what nodes do.
class BadProgram : public BadInput {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }

  [[nodiscard]] Ended run_program(const std::string& system, const std::string& script,
                                  std::vector<std::string> more = {}) const {
    write_script("program.sh", script);
    std::vector<std::string> arguments{"run", system,   "--program", "./program.sh", "--nodes",
                                       "3",   "--time", "2s",        "--out",        "new"};
    std::ranges::move(more, std::back_inserter(arguments));
    return eris(std::move(arguments));
  }
};

TEST_F(BadProgram, ThatExitsAtOnceIsShownWithItsStatusAndLastWords) {
  const Ended ended =
      run_program("raft", "#!/bin/sh\necho 'cannot open the database' >&2\nexit 3\n");
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("exited with status 3 before it was ready"));
  EXPECT_THAT(ended.err, HasSubstr("cannot open the database"));
  EXPECT_THAT(ended.err, HasSubstr("new/nodes/n"));
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(eris({"check", "new"}).exit_code, 2) << "nothing was recorded that could be judged";
}

TEST_F(BadProgram, ThatNeverBecomesReadyIsNamedWithItsLog) {
  const Ended ended =
      run_program("raft", "#!/bin/sh\nexec sleep 1000\n", {"--ready-timeout", "1s"});
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("was not ready within 1s"));
  EXPECT_THAT(ended.err,
              MatchesRegex("(.|\n)*new/nodes/n[123].stderr.log: node n[123] was not(.|\n)*"));
  EXPECT_THAT(ended.err, HasSubstr("--ready-timeout"));
}

TEST_F(BadProgram, ThatIsNoProgramAtAllIsNamed) {
  const Ended ended = run_program("raft", "#!/no/such/interpreter\n");
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("program.sh: cannot start a node's program"));
}

TEST_F(BadProgram, ThatIsNoEtcdIsNamed) {
  const Ended ended = run_program("etcd", "#!/bin/sh\necho 'I am something else'\n");
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("program.sh: 'etcd --version' does not say a version"));
  expect_nothing_recorded();
}

TEST_F(BadProgram, ThatStopsAnsweringMidwayDoesNotHangTheRun) {
  // A node that is started and then stopped for good by its own wrapper: clients get no answer.
  const std::string script = std::string("#!/bin/bash\n\"") + ERIS_RAFT_PROGRAM +
                             "\" \"$@\" &\nsleep 1.5; kill -STOP $!; wait\n";
  const Ended ended = run_program(
      "raft", script,
      {"--ready-timeout", "2s", "--quiet-period", "200ms", "--operation-timeout", "500ms"});
  EXPECT_FALSE(ended.timed_out) << ended;
  EXPECT_THAT(ended.err, HasSubstr("did not serve again")) << ended;
}

/// A tiny file system of its own, in a mount namespace that goes with the shell.
class FullDisk : public BadInput {
 protected:
  void SetUp() override {
    ERIS_SKIP_WITHOUT_NAMESPACES();
    if (find_program("unshare").empty()) GTEST_SKIP() << "unshare (util-linux) is not installed";
    if (inside("4k", "true").exit_code != 0)
      GTEST_SKIP() << "this machine lets nobody mount a tmpfs in a namespace of one's own";
  }

  [[nodiscard]] Ended inside(const std::string& size, const std::string& command) const {
    std::error_code ignored;
    fs::create_directory(directory() / "disk", ignored);
    return run({.arguments = {"--user", "--map-root-user", "--mount", "sh", "-c",
                              "mount -t tmpfs -o size=" + size + " tmpfs disk && " + command},
                .program = find_program("unshare"),
                .directory = directory()});
  }
  [[nodiscard]] static std::string eris_run() {
    return std::string("'") + ERIS_PROGRAM +
           "' run raft --time 20s --rate 0 --workload register:cas=0:write=1:read=500 --out "
           "disk/run";
  }
};

TEST_F(FullDisk, FromTheStartIsOneMessage) {
  const Ended ended = inside(
      "200k", eris_run() + "; code=$?; test -e disk/run/journal.jsonl && exit 99; exit $code");
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  EXPECT_THAT(ended.err, HasSubstr("disk/run/journal.jsonl"));
  EXPECT_EQ(ended.out, "");
}

TEST_F(FullDisk, MidwayIsOneMessageAndWhatWasRecordedCanBeChecked) {
  const Ended ended = inside("1700k", eris_run() + "; code=$?; cp -r disk/run kept; exit $code");
  EXPECT_EQ(ended.exit_code, exit_environment) << ended;
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  EXPECT_THAT(ended.err, HasSubstr("free some space"));
  const Ended checked = eris({"check", "kept"});
  EXPECT_THAT(checked.exit_code, AllOf(testing::Ge(0), testing::Le(3))) << checked;
  EXPECT_THAT(checked.out, HasSubstr("operations"));
}

/// A short recorded run, to be damaged.
class DamagedJournal : public BadInput {
 protected:
  void SetUp() override {
    ERIS_SKIP_WITHOUT_NAMESPACES();
    const Ended ended = eris({"run", "raft", "--nodes", "1", "--time", "300ms", "--rate", "500",
                              "--faults", "none", "--quiet-period", "100ms", "--out", "run"});
    ASSERT_EQ(ended.exit_code, 0) << ended;
    lines_ = lines_of(read(directory() / "run/journal.jsonl"));
    ASSERT_GT(lines_.size(), 100u);
  }
  [[nodiscard]] std::string text(std::size_t lines) const {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) text += lines_[i] + "\n";
    return text;
  }
  std::vector<std::string> lines_;
};

TEST_F(DamagedJournal, TornAtTheEndIsCheckedWithARemark) {
  write("torn.jsonl", text(90) + lines_[90].substr(0, 20));
  const Ended ended = eris({"check", "torn.jsonl"});
  EXPECT_THAT(ended.exit_code, AllOf(testing::Ge(0), testing::Le(3))) << ended;
  EXPECT_THAT(ended.err, HasSubstr("dropped a torn last line of 20 bytes"));
}

TEST_F(DamagedJournal, DamagedInTheMiddleIsRefusedWithFileAndLine) {
  lines_[49] = lines_[49].substr(0, 12);
  write("damaged.jsonl", text(lines_.size()));
  const Ended ended = eris({"check", "damaged.jsonl"});
  EXPECT_EQ(ended.exit_code, exit_usage) << ended;
  EXPECT_THAT(ended.err, HasSubstr("damaged.jsonl:50:"));
}

TEST_F(DamagedJournal, WithAnInvocationMissingIsRefusedWithFileAndLine) {
  const auto invocation = std::ranges::find_if(
      lines_, [](const std::string& line) { return line.find("\"invoke\"") != std::string::npos; });
  ASSERT_NE(invocation, lines_.end());
  lines_.erase(invocation);
  write("gap.jsonl", text(lines_.size()));
  const Ended ended = eris({"check", "gap.jsonl"});
  EXPECT_EQ(ended.exit_code, exit_usage) << ended;
  EXPECT_THAT(ended.err, MatchesRegex("eris: .*gap.jsonl:[0-9]+: .*\n"));
}

}  // namespace
}  // namespace eris::end_to_end
