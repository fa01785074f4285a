#include "adapters/reference/quorum/config.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

template <typename T>
base::Result<T> named(std::string_view text, std::string_view subject,
                      std::initializer_list<std::pair<std::string_view, T>> known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (name == text) return value;
    names.emplace_back(name);
  }
  return base::usage_error("unknown " + std::string(subject) + " '" + std::string(text) + "'", {},
                           base::did_you_mean(text, names));
}

}  // namespace

base::Result<Mode> parse_mode(std::string_view text) {
  return named<Mode>(text, "mode", {{"dynamo", Mode::dynamo}, {"abd", Mode::abd}});
}

base::Result<Conflict> parse_conflict(std::string_view text) {
  return named<Conflict>(text, "conflict",
                         {{"lww", Conflict::last_write_wins}, {"siblings", Conflict::siblings}});
}

base::Result<Level> parse_level(std::string_view text) {
  return named<Level>(text, "level",
                      {{"one", Level::one}, {"quorum", Level::quorum}, {"all", Level::all}});
}

base::Result<void> validate(const Config& config) {
  const auto wrong = [](const char* what, const char* next_step) {
    return base::usage_error(what, "quorum configuration", next_step);
  };
  if (config.self == NodeId()) return wrong("the node's own id is 0", "count nodes from 1");
  if (std::ranges::find(config.members, NodeId()) != config.members.end())
    return wrong("a member's id is 0", "count nodes from 1");
  if (config.replication == 0) return wrong("replication is 0", "keep each key at least once");
  if (config.virtual_nodes == 0 || config.virtual_nodes > 1024)
    return wrong("virtual-nodes is not between 1 and 1024", "8 is usual");
  if (config.mode == Mode::abd && config.conflict == Conflict::siblings)
    return wrong("mode abd keeps one version, not siblings", "use mode dynamo for siblings");
  if (config.read_level == Level::usual || config.write_level == Level::usual)
    return wrong("the usual level must be one, quorum or all", "choose one of them");
  if (config.timeouts.resend <= Duration::zero() || config.timeouts.gossip <= Duration::zero() ||
      config.timeouts.handoff <= Duration::zero() ||
      config.timeouts.anti_entropy <= Duration::zero())
    return wrong("an interval is not positive", "give it some milliseconds");
  if (config.timeouts.suspect <= config.timeouts.gossip)
    return wrong("a node is suspected before it could be heard from",
                 "let suspect be several times gossip");
  if (config.timeouts.request < config.timeouts.resend)
    return wrong("requests time out before they are tried again", "let request be the longer");
  return {};
}

std::size_t count_of(Level level, std::size_t replicas) {
  switch (level) {
    case Level::usual:
      break;
    case Level::one:
      return std::min<std::size_t>(1, replicas);
    case Level::quorum:
      return replicas / 2 + 1;
    case Level::all:
      return replicas;
  }
  ERIS_ASSERT(false, "the usual level stands for another one");
}

bool quorums_meet(const Config& config) {
  if (config.mode == Mode::abd) return true;
  const std::size_t n = config.replication;
  return !config.sloppy && config.conflict == Conflict::last_write_wins &&
         count_of(config.read_level, n) + count_of(config.write_level, n) > n;
}

/// Where quorums meet and reads write back, whatever an operation has seen is at a write quorum
/// before the next one begins, and the hybrid clock orders each write after all that its client
/// saw: causes come before effects, and the stamps are one order for all. Two writes of clients
/// that know nothing of each other may still be ordered against real time, by the clocks; so it is
/// not linearizable. Elsewhere replicas only agree in the end.
std::string_view promised_consistency(const Config& config) {
  if (config.mode == Mode::abd) return "linearizable";
  if (config.conflict == Conflict::siblings) return "lossless";
  return quorums_meet(config) ? "causal-convergent" : "convergent";
}

}  // namespace eris::quorum
