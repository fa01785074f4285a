// Text scenarios of quorum-KV: the commands of every protocol
// (adapters/reference/testing/scenario.hpp), and its own:
//   cluster 3 [abd] [siblings] [strict] [r=one] [w=all] [replicas=3] [no-anti-entropy]
//     [grace=500ms] [checkpoint=20] [bug=no-write-back]
//   ask n1 read x · ask n1 write x 1 · ask n1 delete x
//   ask n1 write x 1 after 2           with the context and stamp of the reply to request 2
//   ask n1 write x 1 by a              with those of all replies that client a has had so far
//   clock n1 3s                        n1's hybrid clock is so far ahead from now on
//   add-server n1 n6 · remove-server n1 n2
//   quiet                              let 10 s pass, then demand that all replicas agree
//   stores x                           what every node holds of the key, and the hints
// Stamps are shown as milliseconds, a count within them, and the node that gave them.
// Thread rule: one owner.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapters/reference/quorum/testing/protocol.hpp"
#include "adapters/reference/testing/scenario.hpp"
#include "harness/base/result.hpp"

namespace eris::quorum {

class Scenario : public reference::testing::Scenario<QuorumProtocol> {
 protected:
  using Words = reference::testing::Words;

  base::Result<Config> config_in(const Words& words) override;
  base::Result<ClientRequest> request_in(const Words& words) override;
  std::string reply_line(RequestId id, const ClientReply& reply) override;
  base::Result<bool> own_command(const Words& words) override;

 private:
  /// What a client tells of what it has seen.
  struct Seen {
    HybridTime time = 0;
    VersionVector context;
  };
  base::Result<Seen> seen_in(const Words& words, const Value& key);
  base::Result<void> ask_by_client(const Words& words);
  base::Result<void> administer(const Words& words);
  base::Result<void> quiet();
  void print_stored(const Value& key);
  base::Result<void> set_clock(const Words& words);

  std::map<std::string, std::vector<std::pair<RequestId, Value>>> asked_by_;  ///< client → its keys
};

}  // namespace eris::quorum
