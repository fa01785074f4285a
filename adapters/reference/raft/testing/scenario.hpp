// Text scenarios: a Raft schedule as prose, and what came of it.
//
// A file in testdata/ is a list of blocks: comment lines (#) and commands, a line of four dashes,
// then the expected output up to an empty line. All blocks of a file share one cluster until the
// next `cluster` command. With ERIS_REWRITE=1 in the environment the test rewrites the expected
// output; look at the difference before keeping it.
//
// Commands:
//   cluster 5 [snapshot=10] [trailing=0] [chunk=64] [lease] [no-pre-vote]
//     [small-messages] [bug=figure-8]
//   given n3 term 7 log 1 1 1 2 2      start n3 from this log (one number an entry: its term)
//   elect n1 · tick n1                 an election timeout or a heartbeat, then settle
//   timeout n1 · beat n1               only the timer; messages wait
//   ask n1 write x 1 [in SESSION#SEQ]  also read, cas, append, increment, delete, open
//   settle                             sync and deliver until nothing is left
//   deliver [nA nB] · drop [nA nB]     what waits now (on that link), in order
//   deliver nA nB 2                    only the first two of them
//   repeat nA nB                       deliver and keep a copy
//   hold nA nB · release               set aside what waits there; put all of it back at the end
//   sync n1 · crash n1 · restart n1 · new n6 · wait 500ms · run 2s
//   cut n1 n2 · cut-one-way n1 n2 · isolate n1 · split n1 n2 | n3 n4 · heal
//   add-server n1 n6 · remove-server n1 n2 · transfer n1 n2
//   log · status
// Replies and violated invariants are printed by the command during which they came.
// Thread rule: one owner.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/reference/raft/testing/test_cluster.hpp"
#include "harness/base/result.hpp"

namespace eris::raft {

class Scenario {
 public:
  /// Runs one command and gives what it printed. Errors: usage, for a command that is none.
  [[nodiscard]] base::Result<std::string> run(const std::string& command);

  /// The whole file with the outputs that came of it. Errors: usage, with the line.
  [[nodiscard]] static base::Result<std::string> rewrite(const std::string& file);

 private:
  using Words = std::vector<std::string>;

  base::Result<void> dispatch(const Words& words);
  base::Result<void> start_cluster(const Words& words);
  base::Result<void> given(const Words& words);
  base::Result<void> ask(const Words& words);
  base::Result<void> pass_time(const Words& words);
  base::Result<void> on_node(const Words& words);
  base::Result<void> on_link(const Words& words);
  base::Result<void> administer(const Words& words);
  base::Result<void> move_messages(const Words& words);
  bool move_message(const std::string& verb, std::size_t at);
  void release();
  base::Result<void> split(const Words& words);
  void print(std::string line);
  void print_logs();
  void print_status();
  void print_news();

  std::unique_ptr<TestCluster> cluster_;
  std::vector<Envelope> held_;
  std::set<RequestId> unanswered_;
  std::size_t violations_shown_ = 0;
  std::string output_;
};

}  // namespace eris::raft
