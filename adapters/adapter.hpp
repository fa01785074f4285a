// Adapter: all that Eris needs to know of a system in order to test it.
//
// To add a system: a folder here with one class for System and one for Client, one line in
// registry.cpp, one line in CMakeLists.txt. A client blocks, so it is written like any program
// that uses the system.
// Thread rule: a System is shared by all threads and has only const calls; each Client belongs to
// one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/simulated_system.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/schema.hpp"

namespace eris::adapters {

/// A node as others reach it. Each node has an address of its own, so ports may be equal.
struct NodeAddress {
  base::NodeId id;
  std::string host;  ///< an address, never a name: "10.77.0.1"
};

/// What a node is told at its start.
struct NodeSetup {
  NodeAddress self;
  std::vector<NodeAddress> all;          ///< ascending by id, this one included
  std::filesystem::path data_directory;  ///< exists; survives kill and restart; gone after the run
  std::uint64_t seed = 0;                ///< differs between nodes
};

/// A program to start. Its stdout and stderr are kept with the run; each line of stdout that is
/// {"beacon":{…}} becomes a NodeEvent "beacon".
struct Launch {
  std::string program;  ///< a path, or a name to be found in PATH
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
};

/// One logical process of the workload, talking to the system.
class Client {
 public:
  virtual ~Client() = default;
  /// Does the operation and says what came of it, within `timeout` and a little. Status::fail only
  /// where it is certain that the operation never takes effect; otherwise info. A read that got no
  /// answer may be fail: it has no effect. Never throws.
  [[nodiscard]] virtual model::Outcome invoke(const model::Op& op, base::Duration timeout) = 0;
};

/// What a probe saw of a node.
struct NodeStatus {
  bool serving = false;                ///< it answers clients (not: it is up)
  std::optional<base::NodeId> leader;  ///< whom it takes for the leader
  std::optional<base::Term> term;
};

class System {
 public:
  virtual ~System() = default;

  /// Names and versions of what will be tested. Errors: environment, where a program is missing,
  /// with what to install.
  [[nodiscard]] virtual base::Result<model::Fields> versions() const = 0;

  [[nodiscard]] virtual Launch launch(const NodeSetup& setup) const = 0;

  /// Asks a node how it is. Blocks for `timeout` at most.
  [[nodiscard]] virtual NodeStatus probe(const NodeAddress& node, base::Duration timeout) const = 0;

  /// True where beacons tell who leads; else the cluster probes now and then during the run.
  [[nodiscard]] virtual bool has_beacons() const = 0;

  /// A client for one process. It starts at the node with index process mod nodes, and may go to
  /// others as the system's own clients do.
  [[nodiscard]] virtual std::unique_ptr<Client> connect(const std::vector<NodeAddress>& nodes,
                                                        base::ProcessId process) const = 0;

  /// What the system promises with these options: "linearizable", ….
  [[nodiscard]] virtual std::string promised_consistency() const = 0;

  /// Functions that its clients understand.
  [[nodiscard]] virtual std::vector<model::Function> functions() const = 0;

  /// The same system in virtual time, or nullptr where it has no pure core. What it makes behaves
  /// as the processes that launch() starts, with the same options and planted bugs.
  [[nodiscard]] virtual std::unique_ptr<SimulatedSystem> simulated() const { return nullptr; }

  /// Endpoints that someone else runs, or empty where Eris starts the nodes. No faults then.
  [[nodiscard]] virtual std::vector<NodeAddress> external_nodes() const { return {}; }
};

/// A line of registry.cpp.
struct SystemType {
  model::EntrySchema schema;
  base::Result<std::unique_ptr<System>> (*make)(const model::Options& options, unsigned nodes);
};

/// Every system that Eris knows.
[[nodiscard]] const std::vector<SystemType>& registry();

}  // namespace eris::adapters
