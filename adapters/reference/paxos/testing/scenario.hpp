// Text scenarios of Paxos: the commands of every protocol
// (adapters/reference/testing/scenario.hpp), and Paxos' own:
//   cluster 5 [alpha=4] [snapshot=10] [trailing=0] [chunk=64] [lease] [bug=ballot-reused]
//   elect n1                           an election timeout, then settle
//   ask n1 write x 1 [in SESSION#SEQ]  also read, cas, append, increment, delete, open
//   add-server n1 n6 · remove-server n1 n2
//   log                                what each node has accepted: slot@ballot, * where learned
//   status
// Thread rule: one owner.
#pragma once

#include <string>

#include "adapters/reference/paxos/testing/protocol.hpp"
#include "adapters/reference/testing/scenario.hpp"
#include "harness/base/result.hpp"

namespace eris::paxos {

class Scenario : public reference::testing::Scenario<PaxosProtocol> {
 protected:
  using Words = reference::testing::Words;

  base::Result<Config> config_in(const Words& words) override;
  base::Result<kv::ClientRequest> request_in(const Words& words) override;
  std::string reply_line(RequestId id, const kv::ClientReply& reply) override;
  base::Result<bool> own_command(const Words& words) override;

 private:
  base::Result<void> elect(const Words& words);
  base::Result<void> administer(const Words& words);
  void print_logs();
  void print_status();
};

}  // namespace eris::paxos
