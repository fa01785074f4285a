#include "adapters/reference/node/beacons.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace eris::node {
namespace {

constexpr std::array<std::string_view, 4> urgent_fields{"term", "role", "leader", "voted_for"};

bool is_urgent(std::string_view name) {
  return std::ranges::find(urgent_fields, name) != urgent_fields.end();
}

/// Whether an urgent field differs. A core lists the same fields in the same order each time.
bool urgent_change(const core::Beacon& before, const core::Beacon& after) {
  if (before.fields.size() != after.fields.size()) return true;
  for (std::size_t i = 0; i < after.fields.size(); ++i)
    if (is_urgent(after.fields[i].first) && before.fields[i] != after.fields[i]) return true;
  return false;
}

}  // namespace

std::string to_json_line(const core::Beacon& beacon) {
  nlohmann::ordered_json fields = nlohmann::ordered_json::object();
  for (const auto& [name, value] : beacon.fields)
    std::visit([&](const auto& held) { fields[name] = held; }, value);
  nlohmann::ordered_json line;
  line["beacon"] = std::move(fields);
  // A core's text may hold anything; what is not UTF-8 is replaced rather than refused.
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void Beacons::observe(core::Beacon beacon) {
  latest_ = std::move(beacon);
  if (urgent_change(said_, latest_)) say();
}

void Beacons::tick() {
  if (latest_ != said_) say();
}

void Beacons::say() {
  if (write_(to_json_line(latest_))) said_ = latest_;
}

}  // namespace eris::node
