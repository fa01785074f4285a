// The client protocol of adapters/reference/kv, as text scenarios write it, and as TestCluster asks
// for it: what the protocols share that replicate that store.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/testing/scenario_text.hpp"
#include "harness/base/result.hpp"
#include "harness/base/rng.hpp"
#include "harness/core/core.hpp"

namespace eris::reference::testing {

/// The client's part of a Protocol (test_cluster.hpp); protocols inherit it.
struct KvClients {
  using Request = kv::ClientRequest;
  using Reply = kv::ClientReply;

  static std::string encode_request(const Request& request) { return kv::encode(request); }
  static base::Result<Reply> decode_reply(std::string_view bytes) {
    return kv::decode_reply(bytes);
  }
};

/// "write x 1", "cas x 1 2", "open", optionally "in 3#1" (session 3, its first command).
[[nodiscard]] base::Result<kv::Command> parse_command(Words words);
/// Such a command, of few keys and values, in a session now and then.
[[nodiscard]] std::string random_command(base::Rng& rng);
/// "request 3: ok 1, index 7".
[[nodiscard]] std::string to_line(core::RequestId id, const kv::ClientReply& reply);

}  // namespace eris::reference::testing
