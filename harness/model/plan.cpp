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
      fmt::format("use --engine {}, or leave it out", fmt::join(entry.engines, " or ")));
}

base::Result<void> check_fault(const FaultPlan& fault, const Plan& plan,
                               const Catalogue& catalogue) {
  ERIS_CHECK_OK(check_choice(catalogue.faults, "fault", fault.fault));
  ERIS_CHECK_OK(check_engine(*find(catalogue.faults, fault.fault.name), "fault", plan.engine));
  ERIS_CHECK_OK(check_values(schedule_schema(), values_of(fault)));
  return check_schedule(fault, plan.time_limit);
}

}  // namespace

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
  ERIS_CHECK_OK(in_part("check", check_values(check_schema(), values_of(plan.check))));
  return in_part("check", check_consistency(plan.check.consistency, catalogue));
}

}  // namespace eris::model
