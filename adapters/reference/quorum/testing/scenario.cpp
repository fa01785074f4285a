#include "adapters/reference/quorum/testing/scenario.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::quorum {

using base::Result;
using base::to_text;
using reference::testing::node_in;
using reference::testing::number_in;
using reference::testing::number_option_in;
using reference::testing::option_in;

Result<Config> Scenario::config_in(const Words& words) {
  asked_by_.clear();  // requests are counted anew
  Config config;
  config.seed = 1;
  if (option_in(words, "abd")) config.mode = Mode::abd;
  if (option_in(words, "siblings")) config.conflict = Conflict::siblings;
  config.sloppy = !option_in(words, "strict").has_value();
  config.anti_entropy = !option_in(words, "no-anti-entropy").has_value();
  if (const auto level = option_in(words, "r")) {
    ERIS_TRY(config.read_level, parse_level(*level));
  }
  if (const auto level = option_in(words, "w")) {
    ERIS_TRY(config.write_level, parse_level(*level));
  }
  ERIS_TRY(config.replication, number_option_in(words, "replicas", config.replication));
  if (const auto grace = option_in(words, "grace")) {
    ERIS_TRY(config.timeouts.tombstone_grace, base::parse_duration(*grace));
    config.timeouts.message_age_max = config.timeouts.tombstone_grace;
  }
  ERIS_TRY(config.limits.checkpoint_after_records,
           number_option_in(words, "checkpoint", config.limits.checkpoint_after_records));
  if (const auto text = option_in(words, "bug")) {
    ERIS_TRY(const Bug bug, find_bug(*text));
    config.bugs.add(bug);
  }
  return config;
}

Result<ClientRequest> Scenario::request_in(const Words& words) {
  if (words.size() < 2) return base::usage_error("expected: read x, write x 1, or delete x");
  const Value key(words[1]);
  ERIS_TRY(Seen seen, seen_in(words, key));
  if (words[0] == "read") return ClientRequest(ReadRequest{.key = key, .seen = seen.time});
  WriteRequest write{.key = key,
                     .deleted = words[0] == "delete",
                     .context = std::move(seen.context),
                     .seen = seen.time};
  if (write.deleted) return ClientRequest(std::move(write));
  if (words[0] != "write" || words.size() < 3)
    return base::usage_error("expected: read x, write x 1, or delete x");
  ERIS_TRY(const std::uint64_t value, number_in(words[2]));
  write.value = Value(static_cast<std::int64_t>(value));
  return ClientRequest(std::move(write));
}

/// "after 2", "by a", or nothing seen.
Result<Scenario::Seen> Scenario::seen_in(const Words& words, const Value& key) {
  Seen seen;
  if (words.size() < 4) return seen;
  const std::string& how = words[words.size() - 2];
  if (how == "after") {
    ERIS_TRY(const std::uint64_t request, number_in(words.back()));
    const auto reply = cluster().reply(RequestId(request));
    if (!reply) return base::usage_error("that request has no answer yet");
    return Seen{reply->stamp.time, reply->context};
  }
  if (how == "by")
    for (const auto& [id, asked_key] : asked_by_[words.back()])
      if (const auto reply = cluster().reply(id)) {
        seen.time = std::max(seen.time, reply->stamp.time);
        if (asked_key == key) join(seen.context, reply->context);
      }
  return seen;
}

std::string Scenario::reply_line(RequestId id, const ClientReply& reply) {
  std::string line = fmt::format("request {}: {}", id.value, to_text(reply.kind));
  for (const Value& value : reply.values) line += " " + kv::to_text(value);
  if (reply.stamp != Stamp{}) line += fmt::format(", stamp {}", to_text(reply.stamp));
  if (!reply.detail.empty()) line += " (" + reply.detail + ")";
  return line;
}

Result<bool> Scenario::own_command(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "ask" && words.size() >= 6 && words[words.size() - 2] == "by") {
    ERIS_CHECK_OK(ask_by_client(words));
  } else if (verb == "add-server" || verb == "remove-server") {
    ERIS_CHECK_OK(administer(words));
  } else if (verb == "clock") {
    ERIS_CHECK_OK(set_clock(words));
  } else if (verb == "quiet") {
    ERIS_CHECK_OK(quiet());
  } else if (verb == "stores" && words.size() == 2) {
    print_stored(Value(words[1]));
  } else {
    return false;
  }
  return true;
}

Result<void> Scenario::ask_by_client(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  ERIS_TRY(const ClientRequest request, request_in(Words(words.begin() + 2, words.end())));
  asked_by_[words.back()].emplace_back(ask(node, request), Value(words[3]));
  return {};
}

Result<void> Scenario::administer(const Words& words) {
  ERIS_TRY(const NodeId node, existing_node_in(words, 1));
  ERIS_TRY(const NodeId subject, node_in(words, 2));
  ClientRequest request = RemoveServer{subject};
  if (words[0] == "add-server") request = AddServer{subject};
  ask(node, request);
  return {};
}

Result<void> Scenario::set_clock(const Words& words) {
  ERIS_TRY(const NodeId node, running_node_in(words, 1));
  if (words.size() != 3) return base::usage_error("a time such as 500ms is missing");
  ERIS_TRY(const Duration ahead, base::parse_duration(words[2]));
  set_clock_ahead(cluster(), node, ahead);
  return {};
}

Result<void> Scenario::quiet() {
  cluster().heal();
  std::vector<const Core*> running;
  for (const NodeId node : cluster().nodes()) {
    cluster().restart(node);
    running.push_back(&cluster().core(node));
  }
  cluster().run_for(std::chrono::seconds(10));
  cluster().invariants().quiet(running);
  return {};
}

void Scenario::print_stored(const Value& key) {
  for (const NodeId node : cluster().nodes()) {
    if (!cluster().is_up(node)) {
      print(to_text(node) + " down");
      continue;
    }
    const Core& core = cluster().core(node);
    const Cell* held = core.cell(key);
    std::string line =
        fmt::format("{} {}", to_text(node), held == nullptr ? "nothing" : to_text(*held));
    for (const Core::Hint& hint : core.hints())
      if (hint.key == key)
        line += fmt::format(" | hint for {}: {}", to_text(hint.target), to_text(hint.cell));
    print(std::move(line));
  }
}

}  // namespace eris::quorum
