// ClientPool: the threads that act as the workload's logical processes. Each calls its blocking
// client and pushes the answer; the run loop never waits for one.
//
// A client that does not come back (an adapter or a library that hangs) is given up after the
// operation timeout and a grace: its operation's outcome is unknown, its thread is abandoned and
// replaced. What it says later is dropped, so that no operation completes twice.
// Thread rule: called from the run loop's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/live/event_queue.hpp"
#include "harness/model/operation.hpp"

namespace eris::live {

struct ClientPoolOptions {
  std::shared_ptr<const adapters::System> system;
  std::vector<adapters::NodeAddress> addresses;
  int network_namespace = -1;  ///< −1: the harness's own
  unsigned concurrency = 1;    ///< how many processes act at once
  base::Duration operation_timeout{};
  base::Duration hang_grace = std::chrono::seconds(2);
};

class ClientPool {
 public:
  using Clock = std::chrono::steady_clock;

  /// Completions go to `queue`, which must outlive this object's stop().
  ClientPool(ClientPoolOptions options, std::shared_ptr<EventQueue> queue);
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;
  ~ClientPool();

  /// Hands the operation to its process's thread. A process seen for the first time takes over the
  /// thread of one that retired.
  void invoke(const model::Op& op);

  /// When the next client that is still busy counts as hanging; nothing when none is busy.
  [[nodiscard]] std::optional<Clock::time_point> next_hang_deadline();
  /// Completes the operations of clients that hang, as unknown, and replaces their threads.
  void give_up_hanging();

  /// Waits for busy clients (until they count as hanging), then ends all threads. Every operation
  /// has its completion in the queue afterwards.
  void stop();

 private:
  struct Worker;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
