#include "adapters/reference/testing/process_cluster.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::adapters::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 20s;

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
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

ProcessCluster::ProcessCluster(const System& system, unsigned nodes) : system_(system) {
  std::string pattern = (std::filesystem::temp_directory_path() / "eris-cluster-XXXXXX").string();
  ERIS_ASSERT(::mkdtemp(pattern.data()) != nullptr, "the temporary directory can be written to");
  directory_ = pattern;
  for (unsigned i = 0; i < nodes; ++i) {
    nodes_.push_back({.id = base::NodeId(i + 1), .host = address_of(i)});
    std::filesystem::create_directories(data_directory(i));
  }
  processes_.resize(nodes, 0);
}

ProcessCluster::~ProcessCluster() {
  for (std::size_t node = 0; node < nodes_.size(); ++node) kill(node);
  std::error_code ignored;  // What is left lies in the temporary directory.
  std::filesystem::remove_all(directory_, ignored);
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
  const auto deadline = Clock::now() + patience;
  int status = 0;
  while (::waitpid(processes_[node], &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(1ms);
  }
  processes_[node] = 0;
  if (!WIFEXITED(status)) return std::nullopt;
  return WEXITSTATUS(status);
}

bool ProcessCluster::wait_until_serving() const {
  return leader().has_value();
}

std::optional<std::size_t> ProcessCluster::leader() const {
  const auto deadline = Clock::now() + patience;
  std::optional<std::size_t> found = agreed_leader();
  while (!found && Clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
    found = agreed_leader();
  }
  return found;
}

/// The node that all running nodes name, if it runs.
std::optional<std::size_t> ProcessCluster::agreed_leader() const {
  std::optional<base::NodeId> agreed;
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    if (processes_[node] == 0) continue;
    const NodeStatus status = system_.probe(nodes_[node], 1s);
    if (!status.serving || !status.leader) return std::nullopt;
    if (agreed && *agreed != *status.leader) return std::nullopt;
    agreed = status.leader;
  }
  if (!agreed || processes_[agreed->value - 1] == 0) return std::nullopt;
  return agreed->value - 1;
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
