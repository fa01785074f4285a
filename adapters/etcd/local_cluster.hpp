// LocalCluster: real etcd processes on loopback addresses of their own, for this folder's tests.
// They die with the test, however that ends, and their data goes with them.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/adapter.hpp"

namespace eris::adapters::etcd {

/// False where etcd is not installed.
[[nodiscard]] bool etcd_is_installed();

/// Asks until the condition holds; false when that took longer than a minute.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

class LocalCluster {
 public:
  /// Prepares nodes, and starts none.
  LocalCluster(const System& system, unsigned nodes);
  ~LocalCluster();
  LocalCluster(const LocalCluster&) = delete;
  LocalCluster& operator=(const LocalCluster&) = delete;

  /// Nodes are counted from 0 here.
  void start(std::size_t node);
  void start_all();
  void signal(std::size_t node, int number);
  /// SIGKILL, and waits until it is gone.
  void kill(std::size_t node);
  [[nodiscard]] bool wait_until_serving(std::size_t node) const;
  [[nodiscard]] bool wait_until_all_serve() const;
  [[nodiscard]] const std::vector<NodeAddress>& nodes() const { return nodes_; }

 private:
  struct Processes;
  const System& system_;
  std::filesystem::path directory_;
  std::vector<NodeAddress> nodes_;
  std::unique_ptr<Processes> processes_;
};

}  // namespace eris::adapters::etcd
