// ProcessCluster: the nodes of any System as processes of this machine, on loopback addresses of
// their own, for tests and benchmarks that need no faults of the network.
// Invariant: no node outlives this object, nor this process, however that ends.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "adapters/adapter.hpp"
#include "harness/base/testing/scratch_directory.hpp"

namespace eris::adapters::testing {

class ProcessCluster {
 public:
  /// Prepares nodes and starts none. `system` must outlive this.
  ProcessCluster(const System& system, unsigned nodes);
  ProcessCluster(const ProcessCluster&) = delete;
  ProcessCluster& operator=(const ProcessCluster&) = delete;
  ~ProcessCluster();

  // Nodes are counted from 0 here.
  void start(std::size_t node);
  void start_all();
  void signal(std::size_t node, int number) const;
  /// SIGKILL, and waits until it is gone.
  void kill(std::size_t node);
  /// Waits for a node to end by itself: its exit code, or nothing when a signal ended it or it did
  /// not end within a minute.
  [[nodiscard]] std::optional<int> wait_for_exit(std::size_t node);

  /// Asks until all running nodes serve and agree on a leader, where the system has one; false
  /// after a minute.
  [[nodiscard]] bool wait_until_serving() const;
  /// Whom the running nodes take for the leader, by place; waits as wait_until_serving does.
  /// Nothing where the system has none.
  [[nodiscard]] std::optional<std::size_t> leader() const;

  [[nodiscard]] const std::vector<NodeAddress>& nodes() const { return nodes_; }
  [[nodiscard]] std::filesystem::path data_directory(std::size_t node) const;
  /// What a node has written so far.
  [[nodiscard]] std::string stdout_of(std::size_t node) const;
  [[nodiscard]] std::string stderr_of(std::size_t node) const;

 private:
  [[nodiscard]] std::filesystem::path output(std::size_t node, std::string_view which) const;
  [[nodiscard]] std::optional<NodeStatus> agreed_status() const;

  const System& system_;
  base::testing::ScratchDirectory directory_;
  std::vector<NodeAddress> nodes_;
  std::vector<pid_t> processes_;  ///< 0 where the node does not run
};

}  // namespace eris::adapters::testing
