#include "adapters/reference/raft/testing/scenario.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::raft {

using base::Result;
using base::to_text;
using reference::testing::node_in;
using reference::testing::number_in;
using reference::testing::number_option_in;
using reference::testing::option_in;

Result<Config> Scenario::config_in(const Words& words) {
  Config config;
  config.seed = 1;
  config.lease_reads = option_in(words, "lease").has_value();
  config.pre_vote = !option_in(words, "no-pre-vote").has_value();
  ERIS_TRY(config.snapshot_after_entries,
           number_option_in(words, "snapshot", config.snapshot_after_entries));
  ERIS_TRY(config.snapshot_trailing_entries,
           number_option_in(words, "trailing", config.snapshot_trailing_entries));
  ERIS_TRY(config.limits.snapshot_chunk_bytes,
           number_option_in(words, "chunk", config.limits.snapshot_chunk_bytes));
  if (option_in(words, "small-messages")) config.limits.append_bytes_max = 1;
  if (const auto text = option_in(words, "bug")) {
    ERIS_TRY(const Bug bug, find_bug(*text));
    config.bugs.add(bug);
  }
  return config;
}

Result<kv::ClientRequest> Scenario::request_in(const Words& words) {
  ERIS_TRY(kv::Command command, reference::testing::parse_command(words));
  return kv::ClientRequest(std::move(command));
}

std::string Scenario::reply_line(RequestId id, const kv::ClientReply& reply) {
  return reference::testing::to_line(id, reply);
}

Result<bool> Scenario::own_command(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "given") {
    ERIS_CHECK_OK(given(words));
  } else if (verb == "elect") {
    ERIS_CHECK_OK(elect(words));
  } else if (verb == "add-server" || verb == "remove-server" || verb == "transfer") {
    ERIS_CHECK_OK(administer(words));
  } else if (verb == "log") {
    print_logs();
  } else if (verb == "status") {
    print_status();
  } else {
    return false;
  }
  return true;
}

Result<void> Scenario::given(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  if (words.size() < 5 || words[2] != "term" || words[4] != "log")
    return base::usage_error("expected: given n1 term 3 log 1 1 2");
  ERIS_TRY(const std::uint64_t term, number_in(words[3]));
  core::Recovered disk;
  disk.records.push_back(encode_record(HardState{Term(term), NodeId()}));
  for (std::size_t i = 5; i < words.size(); ++i) {
    ERIS_TRY(const std::uint64_t entry_term, number_in(words[i]));
    // The same index and term make the same entry, as log matching demands.
    const kv::Command command{.function = kv::Function::write,
                              .key = kv::Value(std::string("given")),
                              .argument = kv::Value(static_cast<std::int64_t>(i - 4))};
    disk.records.push_back(encode_record(
        LogIndex(i - 4), {Term(entry_term), EntryKind::command, kv::encode_command(command)}));
  }
  cluster().set_disk(node, std::move(disk));
  return {};
}

Result<void> Scenario::elect(const Words& words) {
  ERIS_TRY(const NodeId node, running_node_in(words, 1));
  cluster().elect(node);
  const Core& core = cluster().core(node);
  print(fmt::format("{} is {} in term {}", words[1], to_text(core.role()), core.term().value));
  return {};
}

Result<void> Scenario::administer(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  ERIS_TRY(const NodeId subject, node_in(words, 2));
  kv::ClientRequest request = kv::TransferLeadership{subject};
  if (words[0] == "add-server") request = kv::AddServer{subject};
  if (words[0] == "remove-server") request = kv::RemoveServer{subject};
  ask(node, request);
  return {};
}

void Scenario::print_logs() {
  for (const NodeId node : cluster().nodes()) {
    if (!cluster().is_up(node)) {
      print(to_text(node) + " down");
      continue;
    }
    const Core& core = cluster().core(node);
    const LogIndex base = core.log().base().index;
    std::string terms = base == LogIndex() ? "" : fmt::format(" ..{}", base.value);
    for (LogIndex i = base.next(); core.log().holds(i); i = i.next())
      terms += fmt::format(" {}", core.log().at(i).term.value);
    print(fmt::format("{} log{} | commit {}", to_text(node), terms, core.commit().value));
  }
}

void Scenario::print_status() {
  const auto name = [](NodeId id) { return id == NodeId() ? std::string("-") : to_text(id); };
  for (const NodeId node : cluster().nodes()) {
    if (!cluster().is_up(node)) {
      print(to_text(node) + " down");
      continue;
    }
    const Core& core = cluster().core(node);
    std::string members;
    for (const NodeId voter : core.log().configuration().voters) members += " " + to_text(voter);
    for (const NodeId learner : core.log().configuration().learners)
      members += " (" + to_text(learner) + ")";
    print(fmt::format("{} {} term {} leader {} vote {} | applied {} snapshot {} |{}", to_text(node),
                      to_text(core.role()), core.term().value, name(core.leader()),
                      name(core.voted_for()), core.applied().value, core.snapshot_index().value,
                      members));
  }
}

}  // namespace eris::raft
