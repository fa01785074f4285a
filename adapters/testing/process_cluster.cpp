#include "adapters/testing/process_cluster.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/base/testing/eventually.hpp"
#include "harness/base/text.hpp"

namespace eris::adapters::testing {
namespace {

using base::testing::eventually;
using namespace std::chrono_literals;

/// A system that elects its leader while the machine is busy takes long.
constexpr auto patience = 60s;

/// Loopback addresses that no other process uses at the same time.
std::string address_of(unsigned node) {
  static unsigned clusters = 0;
  if (node == 0) ++clusters;
  const auto own = static_cast<unsigned>(::getpid());
  return fmt::format("127.{}.{}.{}", 160 + own / 256 % 64, own % 256,
                     clusters % 16 * 16 + node + 1);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, const char* out, const char* err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND;
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(out, flags, 0644), STDOUT_FILENO);
  ::dup2(::open(err, flags, 0644), STDERR_FILENO);
  ::closefrom(STDERR_FILENO + 1);  // or a node would keep the connections of our clients open
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

ProcessCluster::ProcessCluster(const System& system, unsigned nodes) : system_(system) {
  for (unsigned i = 0; i < nodes; ++i) {
    nodes_.push_back({.id = base::NodeId(i + 1), .host = address_of(i)});
    std::filesystem::create_directories(data_directory(i));
  }
  processes_.resize(nodes, 0);
}

ProcessCluster::~ProcessCluster() {
  for (std::size_t node = 0; node < nodes_.size(); ++node) kill(node);
}

void ProcessCluster::start(std::size_t node) {
  ERIS_ASSERT(processes_[node] == 0, "a node is started when it does not run");
  Launch launch = system_.launch({.self = nodes_[node],
                                  .all = nodes_,
                                  .data_directory = data_directory(node),
                                  .seed = node + 1});
  std::vector<char*> arguments{launch.program.data()};
  for (std::string& argument : launch.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const std::string out = output(node, "stdout");
  const std::string err = output(node, "stderr");
  const pid_t child = ::fork();
  ERIS_ASSERT(child >= 0, "this machine can start another process");
  if (child == 0) become(arguments.data(), out.c_str(), err.c_str());
  processes_[node] = child;
}

void ProcessCluster::start_all() {
  for (std::size_t node = 0; node < nodes_.size(); ++node) start(node);
}

void ProcessCluster::signal(std::size_t node, int number) const {
  ERIS_ASSERT(processes_[node] != 0, "signals go to nodes that run");
  ::kill(processes_[node], number);
}

void ProcessCluster::kill(std::size_t node) {
  if (processes_[node] == 0) return;
  ::kill(processes_[node], SIGKILL);
  ::waitpid(std::exchange(processes_[node], 0), nullptr, 0);
}

std::optional<int> ProcessCluster::wait_for_exit(std::size_t node) {
  int status = 0;
  if (!eventually([&] { return ::waitpid(processes_[node], &status, WNOHANG) != 0; }, patience))
    return std::nullopt;
  processes_[node] = 0;
  if (!WIFEXITED(status)) return std::nullopt;
  return WEXITSTATUS(status);
}

bool ProcessCluster::wait_until_serving() const {
  return eventually([this] { return agreed_status().has_value(); }, patience);
}

std::optional<std::size_t> ProcessCluster::leader() const {
  std::optional<NodeStatus> found;
  static_cast<void>(eventually([&] { return (found = agreed_status()).has_value(); }, patience));
  if (!found || !found->leader) return std::nullopt;
  return found->leader->value - 1;
}

/// What all running nodes say, where all of them serve and name the same leader, which runs.
std::optional<NodeStatus> ProcessCluster::agreed_status() const {
  std::optional<NodeStatus> agreed;
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    if (processes_[node] == 0) continue;
    const NodeStatus status = system_.probe(nodes_[node], 1s);
    if (!status.serving || (agreed && agreed->leader != status.leader)) return std::nullopt;
    agreed = status;
  }
  if (agreed && agreed->leader && processes_[agreed->leader->value - 1] == 0) return std::nullopt;
  return agreed;
}

std::filesystem::path ProcessCluster::data_directory(std::size_t node) const {
  return directory_ / base::to_text(nodes_[node].id);
}

std::filesystem::path ProcessCluster::output(std::size_t node, std::string_view which) const {
  return directory_ / fmt::format("{}.{}", base::to_text(nodes_[node].id), which);
}

std::string ProcessCluster::stdout_of(std::size_t node) const {
  return read_file(output(node, "stdout"));
}

std::string ProcessCluster::stderr_of(std::size_t node) const {
  return read_file(output(node, "stderr"));
}

}  // namespace eris::adapters::testing
