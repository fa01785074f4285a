// Text scenarios of quorum-KV: the commands of every protocol
// (adapters/reference/testing/scenario.hpp), and its own:
//   cluster 3 [abd] [siblings] [strict] [r=one] [w=all] [replicas=3] [no-anti-entropy]
//     [grace=500ms] [bug=no-write-back]
//   ask n1 read x · ask n1 write x 1 · ask n1 delete x
//   ask n1 write x 1 after 2           with the context and stamp of the reply to request 2
//   clock n1 3s                        n1's hybrid clock is so far ahead from now on
//   add-server n1 n6 · remove-server n1 n2
//   quiet                              let 10 s pass, then demand that all replicas agree
//   stores x                           what every node holds of the key, and the hints
// Stamps are shown as milliseconds, a count within them, and the node that gave them.
// Thread rule: one owner.
#pragma once

#include <string>

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
  base::Result<void> administer(const Words& words);
  base::Result<void> quiet();
  void print_stored(const Value& key);
  base::Result<void> set_clock(const Words& words);
};

}  // namespace eris::quorum
