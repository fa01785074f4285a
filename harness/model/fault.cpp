#include "harness/model/fault.hpp"

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/model/event_names.hpp"
#include "harness/model/fault_settings.hpp"

namespace eris::model {

namespace {

std::string links_to_text(const std::vector<Link>& links) {
  std::string text;
  for (const Link& link : links)
    text += fmt::format("{}{}→{}", text.empty() ? "" : ", ", base::to_text(link.from),
                        base::to_text(link.to));
  return text;
}

template <typename Setting>
std::string setting_to_text(std::string_view name, const Setting& setting) {
  if constexpr (std::is_enum_v<Setting>) {
    return std::string(to_text(setting));
  } else if constexpr (std::is_same_v<Setting, base::Duration>) {
    return fmt::format("{} {}", name, base::to_rounded_text(setting));
  } else {
    constexpr std::string_view ppm = "-ppm";
    if (!name.ends_with(ppm)) return fmt::format("{} {}", name, setting);
    name.remove_suffix(ppm.size());
    if (std::abs(setting) < 1'000) return fmt::format("{} {} ppm", name, setting);
    return fmt::format("{} {:.1f} %", name, static_cast<double>(setting) / 10'000);
  }
}

/// Those that are not nothing: " (jump 250ms, rate 500 ppm)".
template <typename Settings>
std::string settings_to_text(const Settings& settings) {
  std::string text;
  each_setting(settings, [&text](std::string_view name, const auto& setting) {
    using Setting = std::decay_t<decltype(setting)>;
    if (!std::is_enum_v<Setting> && setting == Setting{}) return;
    text += (text.empty() ? "" : ", ") + setting_to_text(name, setting);
  });
  return text.empty() ? text : fmt::format(" ({})", text);
}

/// Whether the processes end, or may end, of an action.
struct Ends {
  bool operator()(const Kill&) const { return true; }
  bool operator()(const PowerOff&) const { return true; }
  bool operator()(const Wipe&) const { return true; }
  bool operator()(const HarmDisk& harm) const { return harm.settings != DiskTrouble::slow; }
  bool operator()(const RemoveServer& a) const { return a.settings == ServerData::erased; }
  bool operator()(const auto&) const { return false; }
};

}  // namespace

std::string_view to_text(DiskTrouble trouble) {
  return disk_trouble_names[static_cast<std::size_t>(trouble)];
}

std::string_view to_text(ServerData data) {
  return server_data_names[static_cast<std::size_t>(data)];
}

FaultAction inverse(const FaultAction& action) {
  struct Invert {
    FaultAction operator()(const Cut& cut) const { return Heal{cut.links}; }
    FaultAction operator()(const Heal& heal) const { return Cut{heal.links}; }
    FaultAction operator()(const Kill& kill) const { return Restart{kill.nodes}; }
    FaultAction operator()(const Restart& restart) const { return Kill{restart.nodes}; }
    FaultAction operator()(const Pause& pause) const { return Resume{pause.nodes}; }
    FaultAction operator()(const Resume& resume) const { return Pause{resume.nodes}; }
    FaultAction operator()(const Degrade& a) const { return Restore{a.links, a.settings}; }
    FaultAction operator()(const Restore& a) const { return Degrade{a.links, a.settings}; }
    FaultAction operator()(const Clog& clog) const { return Unclog{clog.links}; }
    FaultAction operator()(const Unclog& unclog) const { return Clog{unclog.links}; }
    FaultAction operator()(const PowerOff& off) const { return PowerOn{off.nodes}; }
    FaultAction operator()(const PowerOn& on) const { return PowerOff{on.nodes}; }
    FaultAction operator()(const BendClock& a) const { return MendClock{a.nodes, a.settings}; }
    FaultAction operator()(const MendClock& a) const { return BendClock{a.nodes, a.settings}; }
    FaultAction operator()(const HarmDisk& a) const { return MendDisk{a.nodes, a.settings}; }
    FaultAction operator()(const MendDisk& a) const { return HarmDisk{a.nodes, a.settings}; }
    FaultAction operator()(const Wipe& wipe) const { return StartEmpty{wipe.nodes}; }
    FaultAction operator()(const StartEmpty& start) const { return Wipe{start.nodes}; }
    FaultAction operator()(const RemoveServer& a) const { return AddServer{a.nodes, a.settings}; }
    FaultAction operator()(const AddServer& a) const { return RemoveServer{a.nodes, a.settings}; }
  };
  return std::visit(Invert{}, action);
}

std::string to_text(const FaultAction& action) {
  return std::visit(
      [&](const auto& a) {
        using Action = std::decay_t<decltype(a)>;
        std::string text = std::string(action_names[action.index()]) + " ";
        if constexpr (ActsOnLinks<Action>)
          text += links_to_text(a.links);
        else
          text += base::to_text(a.nodes);
        if constexpr (HasSettings<Action>) text += settings_to_text(a.settings);
        return text;
      },
      action);
}

std::vector<base::NodeId> nodes_of(const FaultAction& action) {
  std::vector<base::NodeId> nodes = std::visit(
      [](const auto& a) {
        if constexpr (ActsOnLinks<std::decay_t<decltype(a)>>) {
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

std::vector<base::NodeId> nodes_ended_by(const FaultAction& action) {
  return std::visit(Ends{}, action) ? nodes_of(action) : std::vector<base::NodeId>{};
}

}  // namespace eris::model
