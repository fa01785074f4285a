#include "checkers/invariants/beacon.hpp"

namespace eris::checkers::invariants {

namespace {

std::optional<std::int64_t> number_in(const model::Fields& fields, std::string_view name) {
  const model::Value* value = model::find(fields, name);
  if (value == nullptr || !value->is_integer()) return std::nullopt;
  return value->integer();
}

std::optional<std::string> text_in(const model::Fields& fields, std::string_view name) {
  const model::Value* value = model::find(fields, name);
  if (value == nullptr || !value->is_text()) return std::nullopt;
  return std::string(value->text());
}

}  // namespace

Beacon beacon_in(const model::Timed<model::NodeEvent>& event, std::uint64_t life) {
  const model::Fields& fields = event.event.fields;
  const model::Value* durable = model::find(fields, "durable");
  return {.node = event.event.node,
          .life = life,
          .event = event.index,
          .at = event.time,
          .term = number_in(fields, "term"),
          .vote = text_in(fields, "voted_for"),
          .durable = durable != nullptr && durable->is_boolean() && durable->boolean(),
          .leads = text_in(fields, "role") == "leader" && number_in(fields, "term").has_value() &&
                   model::find(fields, "ballot") == nullptr,
          .commit = number_in(fields, "commit"),
          .applied = number_in(fields, "applied"),
          .state_hash = text_in(fields, "state_hash")};
}

bool erases_disks(const model::FaultAction& action) {
  const auto* leaves = std::get_if<model::RemoveServer>(&action);
  const auto* joins = std::get_if<model::AddServer>(&action);
  return std::holds_alternative<model::Wipe>(action) ||
         std::holds_alternative<model::StartEmpty>(action) ||
         (leaves != nullptr && leaves->settings == model::ServerData::erased) ||
         (joins != nullptr && joins->settings == model::ServerData::erased);
}

bool ends_life(const model::NodeEvent& event) {
  return event.what == "started" || event.what == "exited";
}

}  // namespace eris::checkers::invariants
