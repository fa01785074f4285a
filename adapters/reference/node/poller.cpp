#include "adapters/reference/node/poller.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include <sys/epoll.h>

#include "harness/base/assert.hpp"

namespace eris::node {
namespace {

constexpr int events_per_wait = 256;

/// epoll waits for whole milliseconds; rounding up never wakes before the time.
int milliseconds(std::optional<std::chrono::nanoseconds> timeout) {
  if (!timeout) return -1;
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
  return static_cast<int>(std::clamp<std::int64_t>(rounded, 0, std::numeric_limits<int>::max()));
}

epoll_event event_for(Poller::Token token, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = token;
  return event;
}

}  // namespace

base::Result<Poller> Poller::make() {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.open()) return base::system_error("cannot use epoll", errno);
  return Poller(std::move(epoll));
}

Poller::Token Poller::add(int descriptor, std::uint32_t events, Callback callback) {
  const Token token = ++last_token_;
  epoll_event event = event_for(token, events);
  ERIS_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0,
              "an open descriptor of a socket, timer or event can be watched once");
  watched_.emplace(token, Watched{.descriptor = descriptor,
                                  .callback = std::make_shared<Callback>(std::move(callback))});
  return token;
}

void Poller::change(Token token, std::uint32_t events) {
  epoll_event event = event_for(token, events);
  ERIS_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, watched_.at(token).descriptor, &event) == 0,
              "a watched descriptor is open");
}

void Poller::remove(Token token) {
  const auto found = watched_.find(token);
  ERIS_ASSERT(found != watched_.end(), "only what is watched is removed, and only once");
  ERIS_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.descriptor, nullptr) == 0,
              "a watched descriptor is open");
  watched_.erase(found);
}

void Poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
  std::array<epoll_event, events_per_wait> ready{};
  const int count =
      ::epoll_wait(epoll_.get(), ready.data(), events_per_wait, milliseconds(timeout));
  ERIS_ASSERT(count >= 0 || errno == EINTR, "waiting on an open epoll descriptor works");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    const auto found = watched_.find(event.data.u64);
    if (found == watched_.end()) continue;
    // A callback may remove itself; the copy keeps it alive while it runs.
    const std::shared_ptr<Callback> callback = found->second.callback;
    (*callback)(event.events);
  }
}

}  // namespace eris::node
