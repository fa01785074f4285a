#include "adapters/reference/paxos/testing/scenario.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::paxos {
namespace {

/// The decree in words: "write x 1" is worth more to a reader than "command".
std::string in_words(const Decree& decree) {
  if (decree.kind != DecreeKind::command) return to_text(decree);
  const auto command = kv::decode_command(decree.payload);
  if (!command) return "no command";
  std::string words(kv::to_text(command->function));
  if (!command->key.is_nil()) words += " " + kv::to_text(command->key);
  if (!command->argument.is_nil()) words += " " + kv::to_text(command->argument);
  return words;
}

}  // namespace

using base::Result;
using base::to_text;
using reference::testing::node_in;
using reference::testing::number_in;
using reference::testing::number_option_in;
using reference::testing::option_in;

Result<Config> Scenario::config_in(const Words& words) {
  Config config;
  config.seed = 1;
  ERIS_TRY(const std::uint64_t nodes, number_in(words[1]));
  config.members = first_members(static_cast<unsigned>(nodes));
  if (option_in(words, "lease")) config.read_mode = ReadMode::lease;
  ERIS_TRY(config.alpha, number_option_in(words, "alpha", config.alpha));
  ERIS_TRY(config.snapshot_after_slots,
           number_option_in(words, "snapshot", config.snapshot_after_slots));
  ERIS_TRY(config.snapshot_trailing_slots,
           number_option_in(words, "trailing", config.snapshot_trailing_slots));
  ERIS_TRY(config.limits.snapshot_chunk_bytes,
           number_option_in(words, "chunk", config.limits.snapshot_chunk_bytes));
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
  if (verb == "elect") {
    ERIS_CHECK_OK(elect(words));
  } else if (verb == "add-server" || verb == "remove-server") {
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

Result<void> Scenario::elect(const Words& words) {
  ERIS_TRY(const NodeId node, running_node_in(words, 1));
  cluster().elect(node);
  const Core& core = cluster().core(node);
  print(fmt::format("{} is {} in {}", words[1], to_text(core.role()), to_text(core.ballot())));
  return {};
}

Result<void> Scenario::administer(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  ERIS_TRY(const NodeId subject, node_in(words, 2));
  kv::ClientRequest request = kv::AddServer{subject};
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
    const Slot base = core.log().base();
    std::string line = to_text(node) + " log";
    if (base != Slot()) line += fmt::format(" ..{}", base.value);
    for (const auto& [slot, entry] : core.log().entries())
      line += fmt::format(" [{}@{}{} {}]", slot.value, to_text(entry.ballot),
                          entry.learned ? "*" : "", in_words(entry.decree));
    print(line + fmt::format(" | chosen {}", core.chosen().value));
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
    const auto& configurations = core.configurations();
    const auto& [slot, configuration] = configurations.governing(core.chosen().next());
    std::string members = to_text(configuration);
    if (configurations.latest().first != slot)
      members += fmt::format(", from slot {} {}", configurations.latest_governs_from().value,
                             to_text(configurations.latest().second));
    print(fmt::format("{} {} promised {} leader {} | executed {} snapshot {} | {}", to_text(node),
                      to_text(core.role()), to_text(core.promised()), name(core.leader()),
                      core.executed().value, core.snapshot_slot().value, members));
  }
}

}  // namespace eris::paxos
