// Node: drives any core::Core as a real process: its network, its disk, its timer, its clients.
//
// One thread owns the core. Each turn it takes everything that is waiting (messages, requests,
// finished syncs, a due timer), steps the core with each, tells it Drained, hands durable actions
// to the log's thread and gives each connection one write. So under load work is batched by
// itself, and without load nothing waits.
// The core's clock is CLOCK_MONOTONIC read through libc, so that a fault can bend the clock of this
// one process; the network's patience is counted on a kernel timer, which such a fault leaves
// alone. Thread rule: run_node owns its thread until it returns, and takes SIGTERM and SIGINT for
// itself.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/reference/node/client_port.hpp"
#include "adapters/reference/node/log_file.hpp"
#include "adapters/reference/node/peer_links.hpp"
#include "harness/base/result.hpp"
#include "harness/core/any_core.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

using core::AnyCore;
using core::host;

/// Makes the core from what was durable. Errors: usage or environment; they end the start.
using MakeCore =
    std::function<base::Result<std::unique_ptr<AnyCore>>(const core::Recovered& recovered)>;

struct NodeOptions {
  std::string program;  ///< for the lines on stderr: "eris-raft"
  PeerLinksOptions peers;
  ClientPortOptions clients;
  LogOptions log;
  /// Clients are not read from while more than this waits for the disk.
  std::size_t waiting_disk_bytes_max = 64 << 20;
};

/// Runs a node until SIGTERM or SIGINT, then finishes what was given to the disk.
/// Errors: usage and environment, for whatever keeps it from starting, and a disk that fails later.
[[nodiscard]] base::Result<void> run_node(const NodeOptions& options, const MakeCore& make_core);

}  // namespace eris::node
