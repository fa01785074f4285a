// The settings that some faults' actions carry beside their targets, each by the name that it has
// in the journal: what lets the encoder, the decoder and people's text share one list. Internal to
// harness/model. Thread rule: pure functions.
#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "harness/model/fault.hpp"

namespace eris::model {

template <typename Action>
concept ActsOnLinks = requires(Action action) { action.links; };
template <typename Action>
concept HasSettings = requires(Action action) { action.settings; };

template <typename T, typename Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

// Calls `visit(name, member)` for each setting, in the order of the journal.

void each_setting(Is<LinkQuality> auto& quality, auto&& visit) {
  visit("loss-ppm", quality.loss_ppm);
  visit("duplicate-ppm", quality.duplicate_ppm);
  visit("reorder-ppm", quality.reorder_ppm);
  visit("corrupt-ppm", quality.corrupt_ppm);
  visit("delay", quality.delay);
}

void each_setting(Is<ClockBend> auto& bend, auto&& visit) {
  visit("jump", bend.jump);
  visit("rate-ppm", bend.rate_ppm);
  visit("strobe", bend.strobe);
}

void each_setting(Is<DiskTrouble> auto& trouble, auto&& visit) {
  visit("trouble", trouble);
}

void each_setting(Is<ServerData> auto& data, auto&& visit) {
  visit("data", data);
}

/// By value.
inline constexpr std::array<std::string_view, 5> disk_trouble_names{"slow", "full", "failing",
                                                                    "corrupted", "misdirected"};
inline constexpr std::array<std::string_view, 2> server_data_names{"kept", "erased"};

constexpr const auto& names_of_enumerators(DiskTrouble) {
  return disk_trouble_names;
}
constexpr const auto& names_of_enumerators(ServerData) {
  return server_data_names;
}

}  // namespace eris::model
