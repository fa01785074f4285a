// HttpConnection: one keep-alive HTTP/1.1 connection to one node, blocking with a deadline.
//
// Why our own loop over a socket rather than a client library: what an operation's outcome is
// depends on how far its request got, and libraries do not tell whether a byte was sent. Messages
// are parsed by Boost.Beast.
// Invariant: no request is ever sent twice. A connection that failed in any way is closed, so that
// a late answer cannot be taken for that of the next request.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "adapters/etcd/errors.hpp"

namespace eris::adapters::etcd {

using Deadline = std::chrono::steady_clock::time_point;

/// Where a node's client port is.
struct Endpoint {
  std::string address;  ///< numeric, IPv4 or IPv6 without brackets
  std::uint16_t port = 2379;
  bool operator==(const Endpoint&) const = default;
};

/// "10.77.0.1:2379", "[::1]:2379".
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

struct HttpRequest {
  std::string_view method = "POST";
  std::string_view target;      ///< "/v3/kv/put"
  std::string body;             ///< JSON; empty for GET
  bool require_leader = false;  ///< refuse at once where the node knows no leader
};

struct HttpResponse {
  unsigned status = 0;
  std::string body;
};

class HttpConnection {
 public:
  /// Connects at the first exchange, not before.
  explicit HttpConnection(Endpoint endpoint);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Sends a request and reads its answer, whatever its status. Connects first where need be.
  [[nodiscard]] std::expected<HttpResponse, Failure> exchange(const HttpRequest& request,
                                                              Deadline deadline);

 private:
  using Step = std::expected<void, Failure>;
  Step connect(Deadline deadline);
  Step send(const HttpRequest& request, Deadline deadline);
  std::expected<HttpResponse, Failure> receive(Deadline deadline);
  [[nodiscard]] bool is_usable() const;
  void close();

  Endpoint endpoint_;
  std::string authority_;
  int socket_ = -1;
};

}  // namespace eris::adapters::etcd
