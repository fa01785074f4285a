// PureClient: what a client of a system does, as a state machine without sockets or clocks.
//
// Why: one client logic lives twice, too. A driver that blocks (adapters/reference/client/network)
// uses it against real nodes, the simulator (harness/sim) against simulated ones; so what a run
// learns of retries and uncertain outcomes holds in both.
// A call gives the client's next wish; the driver grants it and tells what came of it:
//   begin ─▶ Ask ─▶ answered | unanswered ─▶ …      Pause ─▶ woken ─▶ …      Finish: idle again
// Thread rule: one owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/operation.hpp"

namespace eris::adapters {

/// How a request ended that brought no answer.
enum class NoAnswer {
  connect_refused,    ///< nobody listens
  connect_failed,     ///< no route, no descriptor left, …
  connect_timed_out,  ///< no answer to the handshake
  nothing_sent,       ///< the connection was found dead before it took a byte
  connection_lost,    ///< it died after the request, or a part of it, had been sent
  timed_out,          ///< sent, and no whole answer in time
  malformed,          ///< an answer that is no answer
};

/// Sends the request to the node and waits for its answer until then at most.
struct Ask {
  base::NodeId node;
  std::string request;
  base::Instant until{};
};
/// Does nothing until then.
struct Pause {
  base::Instant until{};
};
/// The operation is over.
struct Finish {
  model::Outcome outcome;
};
using ClientWish = std::variant<Ask, Pause, Finish>;

class PureClient {
 public:
  virtual ~PureClient() = default;
  /// Begins an operation, which is over at `deadline` or a little later. The client is idle.
  [[nodiscard]] virtual ClientWish begin(const model::Op& op, base::Instant now,
                                         base::Instant deadline) = 0;
  /// After Ask.
  [[nodiscard]] virtual ClientWish answered(base::Instant now, std::string_view answer) = 0;
  [[nodiscard]] virtual ClientWish unanswered(base::Instant now, NoAnswer why) = 0;
  /// After Pause.
  [[nodiscard]] virtual ClientWish woken(base::Instant now) = 0;
};

}  // namespace eris::adapters
