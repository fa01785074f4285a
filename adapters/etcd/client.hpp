// EtcdClient: one logical process that talks to etcd.
//
// It stays with one node while that answers, and goes to the next one after a request that got no
// answer. It never sends a request twice: whether to try again is for the workload to decide.
// After a refusal that says "not now" it pauses for 25 ms before it returns, as etcd's own client
// does between attempts; otherwise a node without a leader would fill the history with refusals.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/etcd/http.hpp"
#include "adapters/etcd/wire.hpp"

namespace eris::adapters::etcd {

struct ClientSettings {
  std::vector<Endpoint> endpoints;  ///< not empty
  std::size_t first = 0;            ///< the endpoint to begin with
  std::string key_prefix;
  ReadMode read_mode = ReadMode::linearizable;
};

class EtcdClient final : public Client {
 public:
  explicit EtcdClient(ClientSettings settings);
  [[nodiscard]] model::Outcome invoke(const model::Op& op, base::Duration timeout) override;

  /// The endpoint that the next request goes to.
  [[nodiscard]] const Endpoint& endpoint() const { return settings_.endpoints[current_]; }

 private:
  std::expected<model::Outcome, Failure> attempt(const model::Op& op, Deadline deadline);
  void go_to_next_node();

  ClientSettings settings_;
  std::size_t current_;
  std::unique_ptr<HttpConnection> connection_;
};

}  // namespace eris::adapters::etcd
