// NodeConnection: one blocking request at a time to one node's client port, with deadlines.
// Invariant: after an error there is no connection; the next exchange makes a new one.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/pure_client.hpp"
#include "adapters/reference/node/sockets.hpp"

namespace eris::client {

using adapters::NoAnswer;

using Deadline = std::chrono::steady_clock::time_point;

class NodeConnection {
 public:
  explicit NodeConnection(node::Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  /// Sends a request, connecting first where needed, and waits for its answer.
  [[nodiscard]] std::expected<std::string, NoAnswer> exchange(std::string_view request,
                                                              Deadline deadline);
  void close() { stream_.reset(); }

 private:
  [[nodiscard]] std::optional<NoAnswer> connect(Deadline deadline);
  [[nodiscard]] std::optional<NoAnswer> send(std::string_view request, Deadline deadline);
  [[nodiscard]] std::expected<std::string, NoAnswer> await_answer(Deadline deadline);
  /// False when the deadline came first.
  [[nodiscard]] static bool wait(int descriptor, short events, Deadline deadline);

  node::Endpoint endpoint_;
  std::optional<node::FrameStream> stream_;
  std::uint64_t last_number_ = 0;  ///< of the latest request
};

}  // namespace eris::client
