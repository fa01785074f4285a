#include "adapters/etcd/local_cluster.hpp"

#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adapters/etcd/installed_version.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::adapters::etcd {
namespace {

namespace process = boost::process::v2;
using namespace std::chrono_literals;

/// Makes the kernel kill a child whose parent is gone.
struct DiesWithParent {
  template <typename Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const boost::filesystem::path&,
                                          const char* const*&) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) return {};
    return {errno, boost::system::system_category()};
  }
};

/// Loopback addresses that no other test process uses at the same time.
std::string address_of(unsigned node) {
  const auto own = static_cast<unsigned>(::getpid());
  return fmt::format("127.{}.{}.{}", 32 + own / 256 % 128, own % 256, node + 1);
}

}  // namespace

bool etcd_is_installed() {
  return !process::environment::find_executable(program_name).empty();
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

struct LocalCluster::Processes {
  boost::asio::io_context context;
  std::vector<std::optional<process::process>> nodes;
};

LocalCluster::LocalCluster(const System& system, unsigned nodes)
    : system_(system), processes_(std::make_unique<Processes>()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "eris-etcd-XXXXXX").string();
  ERIS_ASSERT(::mkdtemp(pattern.data()) != nullptr, "the temporary directory can be written to");
  directory_ = pattern;
  for (unsigned i = 0; i < nodes; ++i)
    nodes_.push_back({.id = base::NodeId(i + 1), .host = address_of(i)});
  processes_->nodes.resize(nodes);
}

LocalCluster::~LocalCluster() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) kill(i);
  std::error_code ignored;  // what is left is in the temporary directory
  std::filesystem::remove_all(directory_, ignored);
}

void LocalCluster::start(std::size_t node) {
  const auto data = directory_ / base::to_text(nodes_[node].id);
  std::filesystem::create_directories(data);
  const Launch launch =
      system_.launch({.self = nodes_[node], .all = nodes_, .data_directory = data, .seed = node});
  processes_->nodes[node].emplace(
      processes_->context, process::environment::find_executable(launch.program), launch.arguments,
      process::process_stdio{.in = nullptr, .out = nullptr, .err = nullptr}, DiesWithParent{});
}

void LocalCluster::start_all() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
}

void LocalCluster::signal(std::size_t node, int number) {
  ::kill(processes_->nodes[node]->id(), number);
}

void LocalCluster::kill(std::size_t node) {
  auto& child = processes_->nodes[node];
  if (!child) return;
  boost::system::error_code error;  // it may be gone already
  child->terminate(error);
  child.reset();
}

bool LocalCluster::wait_until_serving(std::size_t node) const {
  return eventually([&] { return system_.probe(nodes_[node], 1s).serving; });
}

bool LocalCluster::wait_until_all_serve() const {
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!wait_until_serving(i)) return false;
  return true;
}

}  // namespace eris::adapters::etcd
