// Text scenarios: a schedule of a protocol's nodes as prose, and what came of it.
//
// A file in a protocol's testdata/ is a list of blocks: comment lines (#) and commands, a line of
// four dashes, then the expected output up to an empty line. All blocks of a file share one cluster
// until the next `cluster` command. With ERIS_REWRITE=1 in the environment the test rewrites the
// expected output; look at the difference before keeping it.
//
// Commands of every protocol:
//   cluster 5 [OPTIONS]                the options are the protocol's
//   timeout n1 · beat n1 · tick n1     n1's patience ends; its timer fires; the same, then settle
//   ask n1 write x 1                   what may be asked is the protocol's
//   settle                             sync and deliver until nothing is left
//   deliver [nA nB] · drop [nA nB]     what waits now (on that link), in order
//   deliver nA nB 2 · deliver nA nB #3 only the first two of them; only the third
//   repeat nA nB                       deliver and keep a copy
//   hold nA nB · release               set aside what waits there; put all of it back at the end
//   sync n1 [2]                        all that n1 has not synced, or the first two records of it
//   crash n1 · restart n1 · new n6 · wait 500ms · run 2s
//   tear n1 · wipe n1                  a crash that cuts a record short; one that loses the disk
//   cut n1 n2 · cut-one-way n1 n2 · isolate n1 · split n1 n2 | n3 n4 · heal
// Replies and violated invariants are printed by the command during which they came.
//
// A protocol derives its own Scenario and adds commands; see raft/testing/scenario.hpp.
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/reference/testing/scenario_text.hpp"
#include "adapters/reference/testing/test_cluster.hpp"
#include "harness/base/result.hpp"
#include "harness/base/text.hpp"

namespace eris::reference::testing {

template <Protocol P>
class Scenario {
 public:
  virtual ~Scenario() = default;

  /// Runs one command and gives what it printed. Errors: usage, for a command that is none.
  [[nodiscard]] base::Result<std::string> run(const std::string& command);

  /// False once a `settle` has found no end.
  [[nodiscard]] bool comes_to_rest() const { return comes_to_rest_; }
  /// The cluster of the last `cluster` command; there must be one.
  [[nodiscard]] TestCluster<P>& cluster() {
    ERIS_ASSERT(cluster_ != nullptr, "the first command is 'cluster N'");
    return *cluster_;
  }

 protected:
  /// The configuration that the words of a `cluster` command ask for.
  virtual base::Result<typename P::Config> config_in(const Words& words) = 0;
  /// "write x 1", the words after the node.
  virtual base::Result<typename P::Request> request_in(const Words& words) = 0;
  virtual std::string reply_line(RequestId id, const typename P::Reply& reply) = 0;
  /// A command of the protocol's own. False where it is none.
  virtual base::Result<bool> own_command(const Words& words) = 0;

  void print(std::string line) { output_ += std::move(line) + "\n"; }
  /// Asks, and prints the reply when it comes.
  RequestId ask(NodeId node, const typename P::Request& request) {
    return *unanswered_.insert(cluster().request(node, request)).first;
  }
  /// The node named there, which must exist.
  [[nodiscard]] base::Result<NodeId> existing_node_in(const Words& words, std::size_t at);
  /// The same, and it must be up.
  [[nodiscard]] base::Result<NodeId> running_node_in(const Words& words, std::size_t at);

 private:
  /// A cluster that takes longer over the few messages of a scenario never comes to rest.
  static constexpr unsigned settle_steps_max = 5'000;

  using Link = std::pair<NodeId, NodeId>;
  /// Which of the messages that wait a command means.
  struct Choice {
    std::optional<Link> link;
    std::size_t first = 1;  ///< counted from 1, on that link
    std::size_t count = SIZE_MAX;
  };

  base::Result<void> dispatch(const Words& words);
  base::Result<void> start_cluster(const Words& words);
  base::Result<void> ask_node(const Words& words);
  base::Result<void> pass_time(const Words& words);
  base::Result<void> on_node(const Words& words);
  base::Result<void> on_running_node(const std::string& verb, NodeId node, const Words& words);
  base::Result<void> on_link(const Words& words);
  base::Result<Choice> choice_in(const Words& words);
  base::Result<void> move_messages(const Words& words);
  bool move_message(const std::string& verb, std::size_t at);
  void release();
  void isolate(NodeId node);
  base::Result<void> wipe(NodeId node);
  base::Result<void> split(const Words& words);
  void print_news();

  std::unique_ptr<TestCluster<P>> cluster_;
  std::vector<typename TestCluster<P>::Envelope> held_;
  std::set<RequestId> unanswered_;
  std::size_t violations_shown_ = 0;
  bool comes_to_rest_ = true;
  std::string output_;
};

template <Protocol P>
base::Result<std::string> Scenario<P>::run(const std::string& command) {
  output_.clear();
  const Words words = words_of(command);
  if (words.empty()) return base::usage_error("an empty command");
  if (words[0] == "cluster") {
    ERIS_CHECK_OK(start_cluster(words));
  } else if (!cluster_) {
    return base::usage_error("the first command is 'cluster N'");
  } else {
    ERIS_TRY(const bool done, own_command(words));
    if (!done) ERIS_CHECK_OK(dispatch(words));
  }
  print_news();
  return output_;
}

template <Protocol P>
base::Result<void> Scenario<P>::dispatch(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "ask") return ask_node(words);
  if (verb == "wait" || verb == "run") return pass_time(words);
  if (verb == "deliver" || verb == "drop" || verb == "repeat" || verb == "hold")
    return move_messages(words);
  if (verb == "cut" || verb == "cut-one-way") return on_link(words);
  if (verb == "split") return split(words);
  if (verb == "settle") {
    comes_to_rest_ = cluster_->settles_within(settle_steps_max);
    if (!comes_to_rest_) print("it does not come to rest");
  } else if (verb == "heal") {
    cluster_->heal();
  } else if (verb == "release") {
    release();
  } else {
    return on_node(words);
  }
  return {};
}

template <Protocol P>
base::Result<void> Scenario<P>::start_cluster(const Words& words) {
  if (words.size() < 2) return base::usage_error("a number of nodes is missing");
  ERIS_TRY(const std::uint64_t nodes, number_in(words[1]));
  ERIS_TRY(auto config, config_in(words));
  cluster_ = std::make_unique<TestCluster<P>>(static_cast<unsigned>(nodes), std::move(config));
  unanswered_.clear();
  held_.clear();
  violations_shown_ = 0;
  comes_to_rest_ = true;
  return {};
}

template <Protocol P>
base::Result<void> Scenario<P>::ask_node(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  ERIS_TRY(const auto request, request_in(Words(words.begin() + 2, words.end())));
  ask(node, request);
  return {};
}

template <Protocol P>
base::Result<void> Scenario<P>::pass_time(const Words& words) {
  if (words.size() != 2) return base::usage_error("a time such as 500ms is missing");
  ERIS_TRY(const Duration duration, base::parse_duration(words[1]));
  if (words[0] == "wait")
    cluster_->advance_clock(duration);
  else
    cluster_->run_for(duration);
  return {};
}

// ---- nodes

template <Protocol P>
base::Result<NodeId> Scenario<P>::existing_node_in(const Words& words, std::size_t at) {
  ERIS_TRY(const NodeId node, node_in(words, at));
  if (!cluster().exists(node)) return base::usage_error("no such node");
  return node;
}

template <Protocol P>
base::Result<NodeId> Scenario<P>::running_node_in(const Words& words, std::size_t at) {
  ERIS_TRY(const NodeId node, existing_node_in(words, at));
  if (!cluster().is_up(node)) return base::usage_error("the node is down");
  return node;
}

template <Protocol P>
base::Result<void> Scenario<P>::on_node(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "new") {
    ERIS_TRY(const NodeId fresh, node_in(words, 1));
    if (cluster_->exists(fresh)) return base::usage_error("there is such a node already");
    cluster_->add_node(fresh);
    return {};
  }
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  if (verb == "restart") {
    cluster_->restart(node);
  } else if (verb == "crash") {
    cluster_->crash(node);
  } else if (verb == "tear") {
    cluster_->tear(node);
  } else if (verb == "wipe") {
    return wipe(node);
  } else if (verb == "isolate") {
    isolate(node);
  } else {
    ERIS_CHECK_OK(running_node_in(words, 1));
    return on_running_node(verb, node, words);
  }
  return {};
}

template <Protocol P>
base::Result<void> Scenario<P>::on_running_node(const std::string& verb, NodeId node,
                                                const Words& words) {
  if (verb == "sync") {
    std::uint64_t actions = SIZE_MAX;
    if (words.size() > 2) {
      ERIS_TRY(actions, number_in(words[2]));
    }
    cluster_->sync(node, actions);
  } else if (verb == "timeout") {
    cluster_->time_out(node);
  } else if (verb == "beat") {
    cluster_->fire_timer(node);
  } else if (verb == "tick") {
    cluster_->tick(node);
  } else {
    return base::usage_error("unknown command '" + verb + "'");
  }
  return {};
}

template <Protocol P>
base::Result<void> Scenario<P>::wipe(NodeId node) {
  if constexpr (requires { cluster_->invariants().replaced(node); }) {
    cluster_->wipe(node);
    return {};
  } else {
    return base::usage_error("this protocol has no rule for a lost disk");
  }
}

// ---- links

template <Protocol P>
base::Result<void> Scenario<P>::on_link(const Words& words) {
  ERIS_TRY(const NodeId from, node_in(words, 1));
  ERIS_TRY(const NodeId to, node_in(words, 2));
  cluster_->cut(from, to);
  if (words[0] == "cut") cluster_->cut(to, from);
  return {};
}

template <Protocol P>
void Scenario<P>::isolate(NodeId node) {
  for (const NodeId other : cluster_->nodes())
    if (other != node) cluster_->partition({node}, {other});
}

template <Protocol P>
base::Result<void> Scenario<P>::split(const Words& words) {
  std::vector<NodeId> sides[2];
  std::size_t side = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "|") {
      side = 1;
      continue;
    }
    ERIS_TRY(const NodeId node, node_in(words, i));
    sides[side].push_back(node);
  }
  cluster_->partition(sides[0], sides[1]);
  return {};
}

// ---- messages

template <Protocol P>
auto Scenario<P>::choice_in(const Words& words) -> base::Result<Choice> {
  Choice choice;
  if (words.size() > 1) {
    ERIS_TRY(const NodeId from, node_in(words, 1));
    ERIS_TRY(const NodeId to, node_in(words, 2));
    choice.link = {from, to};
  }
  if (words.size() > 3 && words[3].starts_with('#')) {
    ERIS_TRY(choice.first, number_in(words[3].substr(1)));
    choice.count = 1;
  } else if (words.size() > 3) {
    ERIS_TRY(choice.count, number_in(words[3]));
  }
  return choice;
}

/// Only what waits at the start: what comes of it waits for the next command.
template <Protocol P>
base::Result<void> Scenario<P>::move_messages(const Words& words) {
  ERIS_TRY(const Choice choice, choice_in(words));
  std::size_t at = 0;
  std::size_t seen = 0;
  std::size_t moved = 0;
  for (std::size_t rest = cluster_->in_flight().size(); rest > 0 && moved < choice.count; --rest) {
    const auto& envelope = cluster_->in_flight()[at];
    const bool on_link = !choice.link || *choice.link == Link(envelope.from, envelope.to);
    if (!on_link || ++seen < choice.first) {
      ++at;
      continue;
    }
    ++moved;
    if (move_message(words[0], at)) ++at;
  }
  return {};
}

/// True where the message stays where it is.
template <Protocol P>
bool Scenario<P>::move_message(const std::string& verb, std::size_t at) {
  const auto envelope = cluster_->in_flight()[at];
  const bool arrives = cluster_->connected(envelope.from, envelope.to);
  const char* note = "";
  if (verb == "drop") note = " (dropped)";
  if (verb == "hold") note = " (held)";
  if ((verb == "deliver" || verb == "repeat") && !arrives) note = " (cut)";
  print(fmt::format("{} -> {}: {}{}", base::to_text(envelope.from), base::to_text(envelope.to),
                    P::to_text(envelope.message), note));
  if (verb == "hold") held_.push_back(envelope);
  if (verb == "hold" || verb == "drop")
    cluster_->drop(at);
  else
    cluster_->deliver(at, verb == "repeat");
  return verb == "repeat";
}

template <Protocol P>
void Scenario<P>::release() {
  for (auto& envelope : held_) cluster_->inject(std::move(envelope));
  held_.clear();
}

// ---- what came of it

template <Protocol P>
void Scenario<P>::print_news() {
  std::erase_if(unanswered_, [this](RequestId id) {
    const auto reply = cluster_->reply(id);
    if (reply) print(reply_line(id, *reply));
    return reply.has_value();
  });
  const auto& violations = cluster_->invariants().violations();
  for (; violations_shown_ < violations.size(); ++violations_shown_)
    print(fmt::format("VIOLATION {}: {}", violations[violations_shown_].invariant,
                      violations[violations_shown_].what));
}

}  // namespace eris::reference::testing
