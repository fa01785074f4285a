// NodeSet: the nodes of a live cluster as processes: starts them, keeps what they print, notices
// when they end, and enacts kills and pauses with proof.
//
// A watcher thread reads every node's stdout (kept in nodes/nN.stdout.log; each line
// {"beacon":{…}} that differs from the node's last one becomes a NodeEvent) and notices ends that
// nobody asked for (a NodeEvent "exited").
// Invariant: after shut_down() no node runs.
// Thread rule: launch, kill, … from the run loop's thread, which must outlive the nodes
// (process.hpp). view(), is_running() and wait_for_exit() from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/live/process.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/model/event.hpp"

namespace eris::live {

struct NodeSetOptions {
  std::shared_ptr<const adapters::System> system;
  std::vector<adapters::NodeAddress> addresses;    ///< ascending by id
  std::map<base::NodeId, int> network_namespaces;  ///< absent: the harness's own
  std::filesystem::path log_directory;             ///< exists
  std::filesystem::path data_directory;            ///< exists; gets one folder per node
  std::uint64_t seed = 0;
};

class NodeSet {
 public:
  using Clock = std::chrono::steady_clock;
  using Sink = std::function<void(model::NodeEvent)>;

  /// `sink` is called from the watcher's thread and from the caller's.
  NodeSet(NodeSetOptions options, Sink sink);
  NodeSet(const NodeSet&) = delete;
  NodeSet& operator=(const NodeSet&) = delete;
  ~NodeSet();

  /// Starts a node's program; a NodeEvent "started" says so. Errors: environment.
  [[nodiscard]] base::Result<void> launch(base::NodeId node);

  /// Each enacts it on nodes where it makes sense, and says per node what was seen. Errors:
  /// environment, when the machine failed us.
  [[nodiscard]] base::Result<model::Evidence> kill(const std::vector<base::NodeId>& nodes);
  [[nodiscard]] base::Result<model::Evidence> restart(const std::vector<base::NodeId>& nodes);
  [[nodiscard]] base::Result<model::Evidence> pause(const std::vector<base::NodeId>& nodes);
  [[nodiscard]] base::Result<model::Evidence> resume(const std::vector<base::NodeId>& nodes);

  [[nodiscard]] model::ClusterView view() const;
  [[nodiscard]] bool is_running(base::NodeId node) const;
  /// How the node's last process ended; nothing while it runs or before its first start.
  [[nodiscard]] std::optional<ExitStatus> exit_of(base::NodeId node) const;
  /// What a probe saw.
  void on_probe(base::NodeId witness, const adapters::NodeStatus& status);

  [[nodiscard]] std::filesystem::path stderr_log(base::NodeId node) const;
  /// The last lines of what the node wrote to stderr, for messages.
  [[nodiscard]] std::string last_stderr_lines(base::NodeId node, std::size_t count) const;

  /// SIGTERM to all, SIGKILL to those that remain after `grace`.
  void shut_down(Clock::duration grace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
