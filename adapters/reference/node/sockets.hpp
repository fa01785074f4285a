// Sockets: addresses and non-blocking TCP sockets, as the node's two ports and the harness-side
// client use them.
// Thread rule: free functions; a FrameStream has one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "adapters/reference/node/file_descriptor.hpp"
#include "adapters/reference/node/frames.hpp"
#include "harness/base/result.hpp"

namespace eris::node {

/// An IPv4 or IPv6 address, never a name, with a port.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};
/// "10.77.0.1:7001", "[fd00::1]:7001".
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

/// A non-blocking listening socket. Errors: environment, where the port is taken or the address is
/// not this machine's; usage, where the host is no address.
[[nodiscard]] base::Result<FileDescriptor> listen_at(const Endpoint& endpoint);

/// The next waiting connection, non-blocking and without Nagle's delay; not open when there is
/// none.
[[nodiscard]] FileDescriptor accept_from(const FileDescriptor& listener);

/// Begins to connect; the socket becomes writable when that has ended, one way or the other.
/// Errors: environment, where it failed at once.
[[nodiscard]] base::Result<FileDescriptor> begin_connect(const Endpoint& endpoint);
/// How a connect that has ended went: 0 or an errno.
[[nodiscard]] int connect_result(const FileDescriptor& socket);

/// Frames over one connected, non-blocking socket.
class FrameStream {
 public:
  /// Why the stream is of no more use.
  using Closed = std::string;

  FrameStream(FileDescriptor socket, std::size_t payload_bytes_max)
      : socket_(std::move(socket)), frames_(payload_bytes_max) {}

  /// Reads what has arrived, up to a bound that keeps one busy peer from starving the others.
  [[nodiscard]] std::expected<void, Closed> receive();
  /// The next whole payload; see FrameReader::next.
  [[nodiscard]] auto next() { return frames_.next(); }

  void queue(std::string_view head, std::string_view tail = {}) { append_frame(out_, head, tail); }
  /// Hands queued bytes to the kernel, as many as it takes.
  [[nodiscard]] std::expected<void, Closed> flush();

  [[nodiscard]] std::size_t unsent_bytes() const { return out_.size() - sent_; }
  /// Bytes that the other side's kernel has acknowledged since the beginning.
  [[nodiscard]] std::uint64_t acknowledged_bytes() const;
  /// Bytes given to the kernel that the other side's kernel has not acknowledged.
  [[nodiscard]] std::uint64_t unacknowledged_bytes() const;
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  FileDescriptor socket_;
  FrameReader frames_;
  std::string out_;
  std::size_t sent_ = 0;           ///< bytes of out_ that the kernel has
  std::uint64_t handed_over_ = 0;  ///< bytes the kernel was given since the beginning
};

}  // namespace eris::node
