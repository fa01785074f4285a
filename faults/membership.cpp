#include "faults/membership.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "faults/core_quorum.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

using model::ServerData;

constexpr const char* explanation =
    R"(Has an administrator change who belongs to the cluster: the request goes to whoever leads, again and
again until it is told that the change is in force. The end of the injection asks for the opposite.

Changes:
  shrink   a server leaves, and comes back with the data that it had. Its process goes on meanwhile,
           and does not know that it was removed unless it is told.
  grow     a server that never ran joins, and leaves again. It may join again later, with the data
           that it had when it left.
  replace  a server leaves, its disk is erased, and it joins again under its old name.
  random   one of these for each injection, drawn from the seed.

The cluster never shrinks below three servers, and the servers that have their disks remain a
majority of it.

Tends to find: majorities counted in the old membership, or in the new one too early; two changes
under way at once; a leader that changes the membership before it has committed anything (the flaw
found in Raft's own rule in 2015); removed servers that still vote, or disturb those who stayed; what
a leader remembers of a server that has since forgotten everything.)";

enum class Change { shrink, grow, replace };
constexpr std::string_view change_names[] = {"shrink", "grow", "replace"};
/// A cluster that is smaller tolerates no failure at all.
constexpr std::size_t members_min = 3;
/// A joining server costs the cluster a member's worth of messages.
constexpr std::size_t joined_max = 4;

using Chosen = std::expected<Injection, std::string>;

bool is_member(const model::ClusterView& view, base::NodeId node) {
  const Nodes members = members_of(view);
  return std::ranges::find(members, node) != members.end();
}

/// Who may leave: one whose absence leaves a majority of whole disks.
Chosen leave(const model::ClusterView& view, ServerData data, base::Rng& rng) {
  if (lasting_members(view) <= members_min)
    return std::unexpected("the cluster has only " + base::count_of(lasting_members(view), "member"));
  Nodes leavers;
  for (const model::NodeView& node : view.nodes)
    if (node.member && !node.joined && !node.disk_lost &&
        (data == ServerData::kept || node.state == model::NodeState::running))
      leavers.push_back(node.id);
  if (leavers.empty() || lost_disks(view) > minority_of(lasting_members(view) - 1))
    return std::unexpected("no member can be spared");
  const base::NodeId node = rng.pick(leavers);
  return Injection{model::RemoveServer{{node}, data},
                   (data == ServerData::kept ? "have " : "replace ") + base::to_text(node) +
                       (data == ServerData::kept ? " leave" : "")};
}

/// The lowest number that is not a member's and was none of the first members'.
Chosen join(const model::ClusterView& view) {
  const auto next = static_cast<std::uint32_t>(view.nodes.size() + 1);
  for (const model::NodeView& node : view.nodes)
    if (!is_member(view, node.id) && node.state != model::NodeState::dead && node.joined)
      return Injection{model::AddServer{{node.id}},
                       "have " + base::to_text(node.id) + " join again"};
  std::size_t joined = 0;
  for (const model::NodeView& node : view.nodes) joined += node.joined ? 1 : 0;
  if (joined >= joined_max) return std::unexpected("enough servers have joined already");
  return Injection{model::AddServer{{base::NodeId(next)}},
                   "have " + base::to_text(base::NodeId(next)) + " join"};
}

class Membership final : public Fault {
 public:
  explicit Membership(std::string change) : change_(std::move(change)) {}

  Chosen choose(const model::ClusterView& view, base::Rng& rng) const override {
    if (!view.tolerance.membership)
      return std::unexpected("the system's membership cannot be changed");
    switch (draw(rng)) {
      case Change::shrink:
        return leave(view, ServerData::kept, rng);
      case Change::replace:
        return leave(view, ServerData::erased, rng);
      case Change::grow:
        break;
    }
    return join(view);
  }

 private:
  [[nodiscard]] Change draw(base::Rng& rng) const {
    const auto* named = std::ranges::find(change_names, change_);
    if (named != std::end(change_names))
      return static_cast<Change>(named - std::begin(change_names));
    return static_cast<Change>(rng.below(std::size(change_names)));
  }

  std::string change_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Membership>(options.text("change"));
}

}  // namespace

FaultType membership_fault() {
  return {{.name = "membership",
           .summary = "has servers leave the cluster and join it",
           .explanation = explanation,
           .options = {{.name = "change",
                        .kind = model::OptionKind::choice,
                        .default_value = std::string("random"),
                        .help = "Whether a server leaves for a while, a new one joins, or one is "
                                "replaced by itself with an empty disk",
                        .choices = {"random", "shrink", "grow", "replace"}}},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
