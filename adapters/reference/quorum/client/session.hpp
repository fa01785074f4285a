// Session: one logical process that uses a quorum-KV cluster, as a pure state machine.
//
// It talks to one node until that fails it, and tells each node the latest stamp that it has seen,
// so that its writes come after what it knows, whatever the nodes' clocks say. A write that may
// have been stored is never sent again: under a second stamp it would be a second write. An element
// is added to a set as a shopping cart is filled (Dynamo, section 4.4): read, unite what is found,
// write with the context of the read.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/pure_client.hpp"
#include "adapters/reference/quorum/client/outcomes.hpp"
#include "adapters/reference/quorum/requests.hpp"

namespace eris::quorum {

class Session final : public adapters::PureClient {
 public:
  /// Starts at nodes[first]. At least one node. With `sets`, values are sets of elements, and
  /// siblings are united; else a read tells one value.
  Session(std::vector<NodeId> nodes, std::size_t first, bool sets);

  [[nodiscard]] adapters::ClientWish begin(const model::Op& op, Instant now,
                                           Instant deadline) override;
  [[nodiscard]] adapters::ClientWish answered(Instant now, std::string_view answer) override;
  [[nodiscard]] adapters::ClientWish unanswered(Instant now, adapters::NoAnswer why) override;
  [[nodiscard]] adapters::ClientWish woken(Instant now) override;

 private:
  [[nodiscard]] adapters::ClientWish put(Instant now, ClientRequest request);
  [[nodiscard]] adapters::ClientWish ask_again(Instant now);
  [[nodiscard]] adapters::ClientWish ended(Instant now, Ending ending);
  [[nodiscard]] adapters::ClientWish succeeded(Instant now, const ClientReply& reply);
  [[nodiscard]] adapters::ClientWish add_to(Instant now, const ClientReply& found);

  std::vector<NodeId> nodes_;
  std::size_t current_;
  bool sets_;
  HybridTime seen_ = 0;

  // Of the operation under way.
  Instant deadline_{};
  std::optional<Value> element_;  ///< to be added when the set has been read
  std::string request_;
  bool is_write_ = false;  ///< the request, not the operation
  base::Duration try_time_{};
  Ending last_ending_ = Ending::timed_out;
};

}  // namespace eris::quorum
