#include "harness/model/fault.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::model {

namespace {

template <typename Action>
constexpr bool acts_on_links = requires(Action a) { a.links; };

std::string links_to_text(const std::vector<Link>& links) {
  std::string text;
  for (const Link& link : links)
    text += fmt::format("{}{}→{}", text.empty() ? "" : ", ", base::to_text(link.from),
                        base::to_text(link.to));
  return text;
}

std::string_view verb(const FaultAction& action) {
  constexpr std::string_view verbs[] = {"cut", "heal", "kill", "restart", "pause", "resume"};
  static_assert(std::size(verbs) == std::variant_size_v<FaultAction>);
  return verbs[action.index()];
}

}  // namespace

FaultAction inverse(const FaultAction& action) {
  struct Invert {
    FaultAction operator()(const Cut& cut) const { return Heal{cut.links}; }
    FaultAction operator()(const Heal& heal) const { return Cut{heal.links}; }
    FaultAction operator()(const Kill& kill) const { return Restart{kill.nodes}; }
    FaultAction operator()(const Restart& restart) const { return Kill{restart.nodes}; }
    FaultAction operator()(const Pause& pause) const { return Resume{pause.nodes}; }
    FaultAction operator()(const Resume& resume) const { return Pause{resume.nodes}; }
  };
  return std::visit(Invert{}, action);
}

std::string to_text(const FaultAction& action) {
  return std::visit(
      [&](const auto& a) {
        if constexpr (acts_on_links<std::decay_t<decltype(a)>>)
          return fmt::format("{} {}", verb(action), links_to_text(a.links));
        else
          return fmt::format("{} {}", verb(action), base::to_text(a.nodes));
      },
      action);
}

std::vector<base::NodeId> nodes_of(const FaultAction& action) {
  std::vector<base::NodeId> nodes = std::visit(
      [](const auto& a) {
        if constexpr (acts_on_links<std::decay_t<decltype(a)>>) {
          std::vector<base::NodeId> ends;
          for (const Link& link : a.links) {
            ends.push_back(link.from);
            ends.push_back(link.to);
          }
          return ends;
        } else {
          return a.nodes;
        }
      },
      action);
  std::ranges::sort(nodes);
  nodes.erase(std::ranges::unique(nodes).begin(), nodes.end());
  return nodes;
}

}  // namespace eris::model
