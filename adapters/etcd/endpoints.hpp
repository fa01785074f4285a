// Endpoints that someone else runs: their addresses, and keys that nobody else uses there.
// Thread rule: pure functions but for name resolution and the system's random device.
#pragma once

#include <string>
#include <string_view>

#include "adapters/etcd/http.hpp"
#include "harness/base/result.hpp"

namespace eris::adapters::etcd {

/// Reads "10.0.0.5:2379", "etcd-1.example.org" (port 2379) or "[::1]:2379", and looks names up.
/// Errors: usage for other text; environment for a name without an address.
[[nodiscard]] base::Result<Endpoint> resolve_endpoint(std::string_view text);

/// "eris/" and a random word. From the system's random device, not from the run's seed: a second
/// run with the same seed must not find the first one's values in a cluster that outlives both.
[[nodiscard]] std::string unused_key_prefix();

}  // namespace eris::adapters::etcd
