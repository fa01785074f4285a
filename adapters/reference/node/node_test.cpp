// Whole nodes with a toy core: a ledger that stores each request and then answers with how many
// it holds.
#include "adapters/reference/node/node.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "adapters/reference/node/test_support.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/testing/eventually.hpp"
#include "harness/base/testing/scratch_directory.hpp"

namespace eris::node {
namespace {

using base::testing::eventually;
using base::testing::ScratchDirectory;
using testing::HasSubstr;

/// Answers each request, once stored, with the number of requests stored. Says every new one to its
/// peers, and counts what they say. Makes a checkpoint every 50 requests.
class Ledger {
 public:
  explicit Ledger(const core::Recovered& recovered)
      : stored_(recovered.snapshot.empty() ? 0 : std::stoll(recovered.snapshot)) {
    stored_ += static_cast<std::int64_t>(recovered.records.size());
  }

  core::Outputs start(core::Instant now) { return {core::SetTimer{now}}; }
  core::Outputs step(core::Instant now, const core::Input& input) {
    core::Outputs outputs;
    if (const auto* requested = std::get_if<core::Requested>(&input)) {
      ++stored_;
      if (stored_ % 50 == 0)
        outputs.emplace_back(core::Checkpoint{.snapshot = std::to_string(stored_), .records = {}});
      else
        outputs.emplace_back(core::Append{requested->request});
      outputs.emplace_back(core::Send{.to = base::NodeId(2), .message = requested->request});
      outputs.emplace_back(core::Reply{requested->id, std::to_string(stored_)});
    } else if (std::holds_alternative<core::Received>(input)) {
      ++heard_;
    } else if (std::holds_alternative<core::TimerFired>(input)) {
      ++timers_;
      outputs.emplace_back(core::SetTimer{now + std::chrono::milliseconds(5)});
    }
    return outputs;
  }
  [[nodiscard]] core::Beacon beacon() const {
    return {.fields = {{"stored", stored_}, {"heard", heard_}, {"timers", timers_}}};
  }

 private:
  std::int64_t stored_;
  std::int64_t heard_ = 0;
  std::int64_t timers_ = 0;
};

/// Two ledgers as child processes.
class Nodes : public testing::Test {
 protected:
  ~Nodes() override {
    for (const std::uint32_t id : {1u, 2u}) kill(id);
  }

  [[nodiscard]] std::filesystem::path data(std::uint32_t id) const {
    return directory_.path() / std::to_string(id);
  }

  void start(std::uint32_t id) {
    std::filesystem::create_directories(data(id));
    const NodeOptions options = options_of(id);  // The addresses hold this process's number.
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) be_node(id, options);
    children_[id] = child;
  }

  [[nodiscard]] pid_t& process_of(std::uint32_t id) { return children_.at(id); }

  void kill(std::uint32_t id) {
    if (children_[id] == 0) return;
    ::kill(children_[id], SIGKILL);
    ::waitpid(std::exchange(children_[id], 0), nullptr, 0);
  }

  /// The exit code of a node that ends by itself.
  [[nodiscard]] int exit_code(std::uint32_t id) {
    int status = 0;
    EXPECT_TRUE(eventually([&] { return ::waitpid(children_[id], &status, WNOHANG) != 0; }));
    children_[id] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] std::string output(std::uint32_t id, const char* which) const {
    std::ifstream file(directory_.path() / (std::to_string(id) + which), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  [[nodiscard]] static Endpoint client_endpoint(std::uint32_t id) {
    return {.host = test_address(100 + id), .port = 7000};
  }

  /// A connection to a node that may just be starting.
  [[nodiscard]] static std::unique_ptr<FrameStream> connect(std::uint32_t id) {
    std::unique_ptr<FrameStream> stream;
    EXPECT_TRUE(eventually([&] {
      auto socket = begin_connect(client_endpoint(id));
      if (!socket) return false;
      // On loopback a handshake is over at once, either way.
      if (connect_result(*socket) != 0) return false;
      stream = std::make_unique<FrameStream>(*std::move(socket), 1 << 20);
      stream->queue(std::string(client_number_bytes, '\0'), "probe");
      return stream->flush().has_value();
    }));
    ERIS_ASSERT(stream != nullptr, "a started node is soon to be connected to");
    return stream;
  }

  /// The next answer, or nothing when the node went away.
  [[nodiscard]] static std::optional<std::string> answer(FrameStream& stream) {
    std::optional<std::string> text;
    EXPECT_TRUE(eventually([&] {
      const auto received = stream.receive();
      const auto payload = stream.next();
      if (payload && *payload) {
        text = std::string((*payload)->substr(client_number_bytes));
        return true;
      }
      return !received;
    }));
    return text;
  }

  static void ask(FrameStream& stream) {
    stream.queue(std::string(client_number_bytes, '\0'), "entry");
    (void)stream.flush();
  }

 private:
  [[nodiscard]] NodeOptions options_of(std::uint32_t id) const {
    NodeOptions options{.program = "ledger", .log = {.directory = data(id)}};
    options.peers.self = base::NodeId(id);
    options.peers.listen = {.host = test_address(100 + id), .port = 7001};
    const std::uint32_t other = 3 - id;
    options.peers.peers = {
        {.id = base::NodeId(other), .endpoint = {.host = test_address(100 + other), .port = 7001}}};
    options.clients.listen = client_endpoint(id);
    return options;
  }

  [[noreturn]] void be_node(std::uint32_t id, const NodeOptions& options) const {
    const auto redirect = [&](const char* which, int descriptor) {
      const auto path = directory_.path() / (std::to_string(id) + which);
      ::dup2(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), descriptor);
    };
    redirect(".out", STDOUT_FILENO);
    redirect(".err", STDERR_FILENO);
    const auto result = run_node(options, [](const core::Recovered& recovered) {
      return base::Result<std::unique_ptr<AnyCore>>(host(Ledger(recovered)));
    });
    if (!result) ::dprintf(STDERR_FILENO, "%s\n", base::to_text(result.error()).c_str());
    ::_exit(result ? 0 : 4);
  }

  ScratchDirectory directory_;
  std::map<std::uint32_t, pid_t> children_{{1, 0}, {2, 0}};
};

TEST_F(Nodes, LoseNothingAcknowledgedWhenKilledAtAnyMoment) {
  base::Rng rng(4);
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 12; ++round) {
    start(1);
    const auto stream = connect(1);
    const std::uint64_t answers = 1 + rng.below(120);
    for (int i = 0; i < 16; ++i) ask(*stream);
    for (std::uint64_t i = 0; i < answers; ++i) {
      const auto text = answer(*stream);
      ASSERT_TRUE(text.has_value());
      ASSERT_GT(std::stoll(*text), acknowledged) << "round " << round;
      acknowledged = std::stoll(*text);
      ask(*stream);
    }
    kill(1);
    // What it had answered and we had not read counts too.
    while (const auto text = answer(*stream)) acknowledged = std::stoll(*text);
  }
}

TEST_F(Nodes, HearEachOtherAndTheirTimersAndSaySo) {
  start(1);
  start(2);
  const auto stream = connect(1);
  ASSERT_TRUE(answer(*stream).has_value());
  EXPECT_TRUE(eventually([&] {
    ask(*stream);
    return answer(*stream) && output(2, ".out").find(R"("heard":1)") != std::string::npos;
  }));
  EXPECT_THAT(output(1, ".out"), HasSubstr(R"({"beacon":{"stored":)"));
  EXPECT_TRUE(
      eventually([&] { return output(2, ".out").find(R"("timers":1)") != std::string::npos; }));
}

TEST_F(Nodes, StopCleanlyAtSigterm) {
  start(1);
  const auto stream = connect(1);
  ASSERT_EQ(answer(*stream), "1");
  ::kill(process_of(1), SIGTERM);
  EXPECT_EQ(exit_code(1), 0);
  EXPECT_THAT(output(1, ".err"), HasSubstr("ledger n1: stopped"));
}

TEST_F(Nodes, FinishWhatWasGivenToTheDiskAtSigterm) {
  start(1);
  const auto stream = connect(1);
  ASSERT_EQ(answer(*stream), "1");
  for (int i = 0; i < 9; ++i) ask(*stream);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(answer(*stream).has_value());
  ::kill(process_of(1), SIGTERM);
  ASSERT_EQ(exit_code(1), 0);
  start(1);
  EXPECT_EQ(answer(*connect(1)), "11");
}

TEST_F(Nodes, DoNotStartTwiceOnOneDirectory) {
  start(1);
  ASSERT_TRUE(answer(*connect(1)).has_value());
  const pid_t first = process_of(1);
  start(1);
  EXPECT_EQ(exit_code(1), 4);
  process_of(1) = first;
}

}  // namespace
}  // namespace eris::node
