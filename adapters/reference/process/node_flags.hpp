// The flags that the programs of the reference systems share, and how such a program ends.
// Thread rule: plain values; used by main only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/process/ports.hpp"
#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

namespace eris::reference {

struct NodeFlags {
  std::string id;
  std::string peers;
  std::string listen;
  std::string data;
  std::uint64_t seed = 0;
  std::vector<std::string> bugs;
  std::string heartbeat;
  std::string election_min;
  std::string election_max;
  std::uint64_t snapshot_every = 0;
  bool no_sync = false;
};

/// Who this node is among all.
struct Place {
  base::NodeId self;
  std::map<base::NodeId, NodePorts> nodes;

  /// Ascending.
  [[nodiscard]] std::vector<base::NodeId> members() const;
};

/// Who the node is and where its log is.
void declare_node(CLI::App& app, NodeFlags& flags);
/// The same, and what nodes with a leader need. What stands in the flags beforehand is their
/// default.
void declare(CLI::App& app, NodeFlags& flags);
/// "Plants a bug; may be repeated. One of:" and these.
void declare_bugs(CLI::App& app, NodeFlags& flags,
                  const std::vector<std::pair<std::string_view, std::string_view>>& bugs);

/// Errors: usage.
[[nodiscard]] base::Result<Place> place_of(const NodeFlags& flags);
[[nodiscard]] node::NodeOptions options_of(const NodeFlags& flags, const Place& place,
                                           std::string program);

/// Parses, runs, says on stderr what went wrong, and gives the exit code of main.
[[nodiscard]] int run_program(CLI::App& app, int argc, char** argv, const NodeFlags& flags,
                              const std::function<base::Result<void>()>& run);

}  // namespace eris::reference
