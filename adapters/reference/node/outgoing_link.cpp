#include "adapters/reference/node/outgoing_link.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>

#include "harness/base/bytes.hpp"
#include "harness/base/text.hpp"

namespace eris::node {
namespace {

/// Names the protocol and its version, so that a stranger's connection is told apart at once.
constexpr std::string_view hello_magic = "eris-peer/1";

}  // namespace

std::string encode_hello(base::NodeId self) {
  std::string hello(hello_magic);
  base::put_integer(hello, self.value);
  return hello;
}

std::optional<base::NodeId> decode_hello(std::string_view payload) {
  if (!payload.starts_with(hello_magic)) return std::nullopt;
  payload.remove_prefix(hello_magic.size());
  if (payload.size() != sizeof(base::NodeId::value)) return std::nullopt;
  return base::NodeId(base::get_integer<std::uint32_t>(payload, 0));
}

OutgoingLink::OutgoingLink(const PeerLinksOptions& options, const Peer& peer, Poller& poller,
                           const Log& log)
    : options_(options), peer_(peer), poller_(poller), log_(log) {
  begin_attempt();
}

OutgoingLink::~OutgoingLink() {
  drop_attempts();
  if (established_) poller_.remove(established_->token);
}

bool OutgoingLink::send(std::string_view message) {
  if (!established_) return false;
  FrameStream& stream = established_->stream;
  if (stream.unsent_bytes() + message.size() > options_.queue_bytes_max) return false;
  stream.queue(message);
  return true;
}

void OutgoingLink::flush() {
  if (!established_ || established_->stream.unsent_bytes() == 0) return;
  if (const auto flushed = established_->stream.flush(); !flushed) return close(flushed.error());
  const bool waits = established_->stream.unsent_bytes() > 0;
  if (waits == std::exchange(established_->waits_to_write, waits)) return;
  poller_.change(established_->token, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void OutgoingLink::tick() {
  watch_progress();
  age_attempts();
  if (ticks_to_attempt_ > 0) --ticks_to_attempt_;
  if (!stalled()) {
    drop_attempts();
  } else if (ticks_to_attempt_ == 0) {
    begin_attempt();
  }
}

bool OutgoingLink::stalled() const {
  return !established_ || established_->stalled_ticks >= options_.stalled_ticks;
}

void OutgoingLink::watch_progress() {
  if (!established_) return;
  const std::uint64_t acknowledged = established_->stream.acknowledged_bytes();
  const bool waiting = established_->stream.unacknowledged_bytes() > 0;
  const bool moved = acknowledged != std::exchange(established_->acknowledged, acknowledged);
  established_->stalled_ticks = waiting && !moved ? established_->stalled_ticks + 1 : 0;
  if (established_->stalled_ticks == options_.stalled_ticks)
    log_(fmt::format("{} does not acknowledge; trying new connections", to_text(peer_.id)));
}

void OutgoingLink::begin_attempt() {
  ticks_to_attempt_ = options_.attempt_ticks;
  base::Result<FileDescriptor> socket = begin_connect(peer_.endpoint);
  if (!socket) return;  // The address is unreachable for now; the next try is near.
  const auto attempt = attempts_.insert(attempts_.end(), Attempt{.socket = *std::move(socket)});
  attempt->token = poller_.add(attempt->socket.get(), EPOLLOUT,
                               [this, attempt](std::uint32_t) { attempt_ended(attempt); });
}

void OutgoingLink::age_attempts() {
  for (auto attempt = attempts_.begin(); attempt != attempts_.end();) {
    if (++attempt->ticks < options_.give_up_ticks) {
      ++attempt;
      continue;
    }
    poller_.remove(attempt->token);
    attempt = attempts_.erase(attempt);
  }
}

void OutgoingLink::drop_attempts() {
  for (const Attempt& attempt : attempts_) poller_.remove(attempt.token);
  attempts_.clear();
}

void OutgoingLink::attempt_ended(std::list<Attempt>::iterator attempt) {
  poller_.remove(attempt->token);
  FileDescriptor socket = std::move(attempt->socket);
  attempts_.erase(attempt);
  if (connect_result(socket) == 0) establish(std::move(socket));
}

void OutgoingLink::establish(FileDescriptor socket) {
  // What waits on an old connection is stale, and its last frame may be half sent: it is dropped.
  if (established_) poller_.remove(established_->token);
  established_.reset();
  drop_attempts();
  const int descriptor = socket.get();
  established_.emplace(
      Established{.stream = FrameStream(std::move(socket), options_.message_bytes_max)});
  established_->token =
      poller_.add(descriptor, EPOLLIN, [this](std::uint32_t events) { ready(events); });
  established_->stream.queue(encode_hello(options_.self));
  log_(fmt::format("connected to {} at {}", to_text(peer_.id), to_text(peer_.endpoint)));
  flush();
}

void OutgoingLink::ready(std::uint32_t events) {
  // The peer sends nothing here: all that can be read is the end of the connection.
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
    if (const auto received = established_->stream.receive(); !received)
      return close(received.error());
    if (const auto payload = established_->stream.next(); !payload || *payload)
      return close("it sent something where it may only listen");
  }
  if (events & EPOLLOUT) flush();
}

void OutgoingLink::close(std::string_view why) {
  poller_.remove(established_->token);
  established_.reset();
  log_(fmt::format("lost the connection to {}: {}", to_text(peer_.id), why));
}

}  // namespace eris::node
