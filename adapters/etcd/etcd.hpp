// The adapter for etcd: starts etcd's server as the nodes of a cluster, and talks to it (or to
// one that someone else runs) over the JSON gateway of its v3 API.
// Thread rule: as adapters/adapter.hpp has it.
#pragma once

#include "adapters/adapter.hpp"

namespace eris::adapters::etcd {

/// The line of the registry. Its `make` fails with a usage error for options that etcd would refuse
/// or endpoints that are not host:port, and an environment error for a host that has no address.
[[nodiscard]] SystemType system_type();

}  // namespace eris::adapters::etcd
