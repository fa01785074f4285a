// Session: one logical process that uses a reference cluster (Raft, Paxos), as a pure state
// machine.
//
// It talks to one node until that fails it or sends it on to the leader. A client that any answer
// satisfies is what shows stale reads: a leader that has been deposed without knowing goes on being
// asked. Each operation that changes something has one number in one session, and a try that may
// have been lost is repeated under the same number at another node, so that the store applies it
// once (Ongaro 2014, section 6.3).
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/pure_client.hpp"
#include "adapters/reference/client/outcomes.hpp"
#include "adapters/reference/kv/command.hpp"

namespace eris::client {

class Session final : public adapters::PureClient {
 public:
  /// Starts at nodes[first]. At least one node.
  Session(std::vector<base::NodeId> nodes, std::size_t first);

  [[nodiscard]] adapters::ClientWish begin(const model::Op& op, base::Instant now,
                                           base::Instant deadline) override;
  [[nodiscard]] adapters::ClientWish answered(base::Instant now, std::string_view answer) override;
  [[nodiscard]] adapters::ClientWish unanswered(base::Instant now, adapters::NoAnswer why) override;
  [[nodiscard]] adapters::ClientWish woken(base::Instant now) override;

 private:
  /// A command on its way, through as many tries as it takes.
  struct Question {
    bool opens_session = false;
    std::string request;
    base::Duration try_time{};
    bool uncertain = false;                  ///< some try may have taken effect
    std::optional<std::size_t> silent{};     ///< hints to this node are not followed
    std::optional<kv::ClientReply> reply{};  ///< of the latest try
  };

  [[nodiscard]] adapters::ClientWish put(base::Instant now, const kv::Command& command);
  [[nodiscard]] adapters::ClientWish ask_again(base::Instant now);
  [[nodiscard]] adapters::ClientWish ended(base::Instant now, Ending ending);
  [[nodiscard]] adapters::ClientWish move_on(base::Instant now, Ending ending);
  [[nodiscard]] adapters::ClientWish succeeded(base::Instant now);
  [[nodiscard]] adapters::ClientWish give_up(Ending ending);
  [[nodiscard]] adapters::ClientWish do_command(base::Instant now);
  [[nodiscard]] std::optional<std::size_t> place_of(base::NodeId node);

  std::vector<base::NodeId> nodes_;
  std::size_t current_;
  std::optional<kv::SessionId> session_;
  std::uint64_t sequence_ = 0;

  // Of the operation under way.
  base::Instant deadline_{};
  kv::Command command_;
  Question question_;
  Ending last_ending_ = Ending::timed_out;
};

}  // namespace eris::client
