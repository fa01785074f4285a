#include "harness/model/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/model/plan_values.hpp"

namespace eris::model {

namespace {

std::unexpected<base::Error> unknown_option(const EntrySchema& entry, std::string_view kind,
                                            std::string_view name) {
  if (entry.options.empty())
    return base::usage_error(
        fmt::format("{} '{}' has no options, so no '{}'", kind, entry.name, name));
  return base::usage_error(fmt::format("{} '{}' has no option '{}'", kind, entry.name, name), {},
                           base::did_you_mean(name, names_of(entry.options)));
}

/// Says which part of the plan an error is about, where nothing better is known.
base::Result<void> in_part(std::string where, base::Result<void> result) {
  if (!result) result.error().where = std::move(where);
  return result;
}

/// Holds values against their schema, in a scratch Options.
base::Result<void> check_values(const std::vector<OptionSchema>& schema,
                                const std::vector<NamedValue>& values) {
  Options scratch;
  for (const NamedValue& named : values)
    ERIS_CHECK_OK(scratch.set(*find(schema, named.name), named.value));
  return {};
}

base::Result<void> check_complete(const EntrySchema& entry, std::string_view kind,
                                  const Options& options) {
  for (const OptionSchema& option : entry.options)
    if (!options.values().contains(option.name))
      return base::usage_error(
          fmt::format("{} '{}' lacks its option '{}'", kind, entry.name, option.name));
  return {};
}

base::Result<void> check_choice(const std::vector<EntrySchema>& entries, std::string_view kind,
                                const Choice& choice) {
  ERIS_TRY(const EntrySchema* entry, find_entry(entries, kind, choice.name));
  Options scratch;
  for (const auto& [name, value] : choice.options.values()) {
    const OptionSchema* option = find(entry->options, name);
    if (option == nullptr) return unknown_option(*entry, kind, name);
    ERIS_CHECK_OK(scratch.set(*option, value));
  }
  return check_complete(*entry, kind, choice.options);
}

base::Result<void> check_engine(const EntrySchema& entry, std::string_view kind,
                                const std::string& engine) {
  if (entry.engines.empty() || std::ranges::find(entry.engines, engine) != entry.engines.end())
    return {};
  return base::usage_error(
      fmt::format("the {} engine does not have the {} '{}'", engine, kind, entry.name), {},
      fmt::format("write engine = \"{0}\" in the plan or --engine {0}, or leave it out",
                  entry.engines.front()));
}

base::Result<void> check_fault(const FaultPlan& fault, const Plan& plan,
                               const Catalogue& catalogue) {
  ERIS_CHECK_OK(check_choice(catalogue.faults, "fault", fault.fault));
  ERIS_CHECK_OK(check_engine(*find(catalogue.faults, fault.fault.name), "fault", plan.engine));
  ERIS_CHECK_OK(check_values(schedule_schema(), values_of(fault)));
  return check_schedule(fault, plan.time_limit);
}

/// An action that undoes another is never chosen; the run undoes what it did by itself.
bool undoes(const FaultAction& action) {
  // Each action is followed by its opposite; but servers may join that were never there.
  return action.index() % 2 == 1 && !std::holds_alternative<AddServer>(action);
}

/// One of the first members, or a server that the schedule has join.
bool may_exist(base::NodeId node, const PlannedInjection& injection, const Plan& plan) {
  if (node.value >= 1 && node.value <= plan.nodes) return true;
  const auto joins = [node](const PlannedInjection& other) {
    const auto* add = std::get_if<AddServer>(&other.action);
    return add != nullptr && std::ranges::find(add->nodes, node) != add->nodes.end();
  };
  return joins(injection) || std::ranges::any_of(plan.schedule, joins);
}

}  // namespace

base::Result<void> check_injection(const PlannedInjection& injection, const Plan& plan,
                                   const Catalogue& catalogue) {
  ERIS_TRY(const EntrySchema* fault, find_entry(catalogue.faults, "fault", injection.fault));
  ERIS_CHECK_OK(check_engine(*fault, "fault", plan.engine));
  if (injection.at < base::Duration(0) || injection.at >= plan.time_limit)
    return base::usage_error(
        fmt::format("it never strikes: 'at' is {} and 'time-limit' {}", base::to_text(injection.at),
                    base::to_text(plan.time_limit)),
        "at", "lower 'at' or raise 'time-limit'");
  if (injection.duration <= base::Duration(0))
    return base::usage_error("'for' must be longer than nothing", "for");
  if (undoes(injection.action))
    return base::usage_error(fmt::format("\"{}\" undoes an action", to_text(injection.action)),
                             "do", "plan the action itself, and say with 'for' when it ends");
  const std::vector<base::NodeId> nodes = nodes_of(injection.action);
  if (nodes.empty()) return base::usage_error("it strikes nobody", "do", "name nodes or links");
  for (const base::NodeId node : nodes)
    if (!may_exist(node, injection, plan))
      return base::usage_error(fmt::format("there is no node {}: the cluster has {}",
                                           base::to_text(node), base::count_of(plan.nodes, "node")),
                               "do");
  return {};
}

base::Result<const EntrySchema*> find_entry(const std::vector<EntrySchema>& entries,
                                            std::string_view kind, std::string_view name) {
  if (const EntrySchema* entry = find(entries, name)) return entry;
  return base::usage_error(fmt::format("unknown {} '{}'", kind, name), {},
                           base::did_you_mean(name, names_of(entries)));
}

base::Result<void> check_schedule(const FaultPlan& fault, base::Duration time_limit) {
  if (fault.duration > fault.every)
    return base::usage_error(
        fmt::format("fault '{}' lasts longer ('for' is {}) than until its next injection ('every' "
                    "is {})",
                    fault.fault.name, base::to_text(fault.duration), base::to_text(fault.every)),
        "for", "lower 'for' or raise 'every'");
  if (fault.start >= time_limit)
    return base::usage_error(
        fmt::format("fault '{}' never strikes: 'start' is {} and 'time-limit' {}", fault.fault.name,
                    base::to_text(fault.start), base::to_text(time_limit)),
        "start", "lower 'start' or raise 'time-limit'");
  return {};
}

base::Result<void> check_consistency(std::string_view consistency, const Catalogue& catalogue) {
  std::vector<std::string> levels = names_of(catalogue.checks);
  levels.emplace_back("promised");
  if (std::ranges::find(levels, consistency) != levels.end()) return {};
  return base::usage_error(fmt::format("unknown consistency '{}'", consistency), {},
                           base::did_you_mean(consistency, levels));
}

base::Result<Choice> resolve(const std::vector<EntrySchema>& entries, std::string_view kind,
                             std::string_view name,
                             const std::vector<std::pair<std::string, std::string>>& options) {
  ERIS_TRY(const EntrySchema* entry, find_entry(entries, kind, name));
  Choice choice{.name = entry->name, .options = Options(entry->options)};
  for (const auto& [option_name, text] : options) {
    const OptionSchema* option = find(entry->options, option_name);
    if (option == nullptr) return unknown_option(*entry, kind, option_name);
    ERIS_CHECK_OK(in_part(fmt::format("{} '{}'", kind, entry->name),
                          choice.options.set_from_text(*option, text)));
  }
  return choice;
}

base::Result<void> validate(const Plan& plan, const Catalogue& catalogue) {
  ERIS_CHECK_OK(check_values(plan_schema(), values_of(plan)));
  ERIS_CHECK_OK(check_choice(catalogue.systems, "system", plan.system));
  ERIS_CHECK_OK(check_choice(catalogue.workloads, "workload", plan.workload));
  for (std::size_t i = 0; i < plan.faults.size(); ++i)
    ERIS_CHECK_OK(in_part(fmt::format("fault {} ('{}')", i + 1, plan.faults[i].fault.name),
                          check_fault(plan.faults[i], plan, catalogue)));
  for (std::size_t i = 0; i < plan.schedule.size(); ++i)
    ERIS_CHECK_OK(in_part(fmt::format("schedule {} ('{}')", i + 1, plan.schedule[i].fault),
                          check_injection(plan.schedule[i], plan, catalogue)));
  ERIS_CHECK_OK(in_part("check", check_values(check_schema(), values_of(plan.check))));
  return in_part("check", check_consistency(plan.check.consistency, catalogue));
}

}  // namespace eris::model
