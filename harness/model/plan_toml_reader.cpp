#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/plan_engine.hpp"
#include "harness/model/plan_values.hpp"

namespace eris::model {

namespace {

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

/// A key of a table and its value.
struct Entry {
  const toml::key* key;
  const toml::node* node;
};

bool stands_before(const Entry& a, const Entry& b) {
  const auto place = [](const Entry& entry) {
    const toml::source_position& begin = entry.key->source().begin;
    return std::pair(begin.line, begin.column);
  };
  return place(a) < place(b);
}

/// A table's entries as they stand in the file, so that the first error is the topmost.
std::vector<Entry> entries_of(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) entries.push_back({&key, &node});
  std::ranges::sort(entries, stands_before);
  return entries;
}

/// Reads one plan. Its own state is what is needed for messages and for looking names up.
class PlanReader {
 public:
  PlanReader(std::string_view file, const Catalogue& catalogue, std::string_view engine)
      : file_(file), catalogue_(catalogue), engine_(engine) {}

  base::Result<Plan> read(const toml::table& root);

 private:
  /// A part of the plan that names an entry of the catalogue: "[system]".
  struct Part {
    std::string_view heading;
    std::string_view kind;
    const std::vector<EntrySchema>& entries;
    const std::vector<OptionSchema>& common;  ///< options beside the entry's own
  };

  [[nodiscard]] std::string place(const toml::source_region& region) const {
    return fmt::format("{}:{}:{}", file_, region.begin.line, region.begin.column);
  }
  [[nodiscard]] base::Error at(const toml::source_region& region, base::Error error) const {
    error.where = place(region);
    return error;
  }

  /// The place of the key that `error.where` names, or else of the whole table.
  [[nodiscard]] base::Error blame(const toml::table& table, base::Error error) const {
    const toml::node* blamed = table.get(error.where);
    return at(blamed == nullptr ? table.source() : blamed->source(), std::move(error));
  }

  base::Result<OptionValue> read_value(const OptionSchema& schema, const toml::node& node) const;
  base::Result<void> read_option(Options& options, const OptionSchema& schema,
                                 const toml::node& node) const;
  base::Result<const toml::table*> find_table(const toml::table& root, std::string_view name) const;
  base::Result<const EntrySchema*> read_name(const toml::table& table, const Part& part) const;
  base::Result<Choice> read_choice(const toml::table& table, const Part& part,
                                   Options& common) const;
  base::Result<Choice> read_required(const toml::table& root, const Part& part) const;
  base::Result<void> read_top(const toml::table& root, Plan& plan) const;
  base::Result<std::uint64_t> read_seed(const toml::node& node) const;
  base::Result<void> read_faults(const toml::table& root, Plan& plan) const;
  base::Result<FaultPlan> read_fault(const toml::table& table, base::Duration time_limit) const;
  base::Result<std::vector<const toml::table*>> tables_of(const toml::table& root,
                                                          std::string_view name) const;
  base::Result<std::string> read_text(const toml::table& table, std::string_view name) const;
  base::Result<FaultAction> read_action(const toml::table& table) const;
  base::Result<PlannedInjection> read_injection(const toml::table& table, const Plan& plan) const;
  base::Result<void> read_schedule(const toml::table& root, Plan& plan) const;
  base::Result<void> read_check(const toml::table& root, CheckPlan& check) const;

  std::string_view file_;
  const Catalogue& catalogue_;
  std::string_view engine_;  ///< in place of the plan's own; empty: its own
};

base::Result<OptionValue> PlanReader::read_value(const OptionSchema& schema,
                                                 const toml::node& node) const {
  if (const auto boolean = node.value_exact<bool>()) return *boolean;
  if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
  if (const auto real = node.value_exact<double>()) return *real;
  if (auto text = node.value_exact<std::string>()) return std::move(*text);
  const toml::array* array = node.as_array();
  if (array == nullptr)
    return base::usage_error(fmt::format("'{}' cannot be {}", schema.name, type_name(node)),
                             place(node.source()));
  std::vector<std::string> list;
  for (const toml::node& item : *array) {
    auto text = item.value_exact<std::string>();
    if (!text)
      return base::usage_error(
          fmt::format("'{}' must hold text, not {}", schema.name, type_name(item)),
          place(item.source()));
    list.push_back(std::move(*text));
  }
  return list;
}

base::Result<void> PlanReader::read_option(Options& options, const OptionSchema& schema,
                                           const toml::node& node) const {
  ERIS_TRY(OptionValue value, read_value(schema, node));
  auto is_set = options.set(schema, std::move(value));
  if (!is_set) return std::unexpected(at(node.source(), std::move(is_set).error()));
  return {};
}

/// nullptr where there is no such table.
base::Result<const toml::table*> PlanReader::find_table(const toml::table& root,
                                                        std::string_view name) const {
  const toml::node* node = root.get(name);
  if (node == nullptr) return nullptr;
  if (const toml::table* table = node->as_table()) return table;
  return base::usage_error(fmt::format("'{}' must be a table, not {}", name, type_name(*node)),
                           place(node->source()),
                           fmt::format("write [{}] on a line of its own", name));
}

base::Result<const EntrySchema*> PlanReader::read_name(const toml::table& table,
                                                       const Part& part) const {
  const toml::node* node = table.get("name");
  if (node == nullptr)
    return base::usage_error(
        fmt::format("{} has no name", part.heading), place(table.source()),
        fmt::format("add name = \"…\", one of: {}", fmt::join(names_of(part.entries), ", ")));
  const auto name = node->value_exact<std::string>();
  if (!name)
    return base::usage_error(fmt::format("'name' must be text, not {}", type_name(*node)),
                             place(node->source()));
  auto entry = find_entry(part.entries, part.kind, *name);
  if (!entry) return std::unexpected(at(node->source(), std::move(entry).error()));
  return entry;
}

/// Reads the options of the named entry, and those in `common` beside them.
base::Result<Choice> PlanReader::read_choice(const toml::table& table, const Part& part,
                                             Options& common) const {
  ERIS_TRY(const EntrySchema* schema, read_name(table, part));
  Choice choice{.name = schema->name, .options = Options(schema->options)};
  for (const Entry& entry : entries_of(table)) {
    const std::string_view name = entry.key->str();
    if (name == "name") continue;
    if (const OptionSchema* option = find(part.common, name)) {
      ERIS_ASSERT(find(schema->options, name) == nullptr,
                  "an entry's option has the name of one that all of its kind have");
      ERIS_CHECK_OK(read_option(common, *option, *entry.node));
    } else if (const OptionSchema* own = find(schema->options, name)) {
      ERIS_CHECK_OK(read_option(choice.options, *own, *entry.node));
    } else {
      std::vector<std::string> known{"name"};
      std::ranges::copy(names_of(part.common), std::back_inserter(known));
      std::ranges::copy(names_of(schema->options), std::back_inserter(known));
      return base::usage_error(fmt::format("unknown key '{}' in {}", name, part.heading),
                               place(entry.key->source()), base::did_you_mean(name, known));
    }
  }
  return choice;
}

base::Result<Choice> PlanReader::read_required(const toml::table& root, const Part& part) const {
  ERIS_TRY(const toml::table* table, find_table(root, part.kind));
  if (table == nullptr)
    return base::usage_error(fmt::format("the plan has no {}", part.heading), std::string(file_),
                             fmt::format("add {} and under it name = \"…\", one of: {}",
                                         part.heading, fmt::join(names_of(part.entries), ", ")));
  Options none;
  return read_choice(*table, part, none);
}

base::Result<std::uint64_t> PlanReader::read_seed(const toml::node& node) const {
  if (const auto integer = node.value_exact<std::int64_t>(); integer && *integer >= 0)
    return static_cast<std::uint64_t>(*integer);
  if (const auto text = node.value_exact<std::string>()) {
    std::uint64_t seed = 0;
    const char* end = text->data() + text->size();
    const auto [rest, problem] = std::from_chars(text->data(), end, seed);
    if (problem == std::errc{} && rest == end) return seed;
  }
  return base::usage_error("'seed' must be a whole number from 0 to 18446744073709551615",
                           place(node.source()), "write those above 9223372036854775807 in quotes");
}

base::Result<void> PlanReader::read_top(const toml::table& root, Plan& plan) const {
  constexpr std::string_view others[] = {"seed",  "system",   "workload",
                                         "fault", "schedule", "check"};
  Options options(plan_schema());
  for (const Entry& entry : entries_of(root)) {
    const std::string_view name = entry.key->str();
    if (const OptionSchema* option = find(plan_schema(), name)) {
      ERIS_CHECK_OK(read_option(options, *option, *entry.node));
    } else if (name == "seed") {
      ERIS_TRY(plan.seed, read_seed(*entry.node));
    } else if (std::ranges::find(others, name) == std::end(others)) {
      std::vector<std::string> known(std::begin(others), std::end(others));
      std::ranges::copy(names_of(plan_schema()), std::back_inserter(known));
      return base::usage_error(fmt::format("unknown key '{}'", name), place(entry.key->source()),
                               base::did_you_mean(name, known));
    }
  }
  assign(plan, options);
  return {};
}

/// The tables of a list such as [[fault]]; none where the plan has no such list.
base::Result<std::vector<const toml::table*>> PlanReader::tables_of(const toml::table& root,
                                                                    std::string_view name) const {
  std::vector<const toml::table*> tables;
  const toml::node* node = root.get(name);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr)
    return base::usage_error(
        fmt::format("'{}' must be a list of tables, not {}", name, type_name(*node)),
        place(node->source()),
        fmt::format("write [[{0}]], with two brackets, once for each {0}", name));
  for (const toml::node& item : *array) {
    if (item.as_table() == nullptr)
      return base::usage_error(fmt::format("a {} must be a table, not {}", name, type_name(item)),
                               place(item.source()),
                               fmt::format("write [[{}]] on a line of its own", name));
    tables.push_back(item.as_table());
  }
  return tables;
}

base::Result<FaultPlan> PlanReader::read_fault(const toml::table& table,
                                               base::Duration time_limit) const {
  FaultPlan fault;
  Options schedule(schedule_schema());
  ERIS_TRY(fault.fault, read_choice(table,
                                    {.heading = "[[fault]]",
                                     .kind = "fault",
                                     .entries = catalogue_.faults,
                                     .common = schedule_schema()},
                                    schedule));
  assign(fault, schedule);
  if (auto checked = check_schedule(fault, time_limit); !checked)
    return std::unexpected(blame(table, std::move(checked).error()));
  return fault;
}

base::Result<void> PlanReader::read_faults(const toml::table& root, Plan& plan) const {
  ERIS_TRY(const auto tables, tables_of(root, "fault"));
  for (const toml::table* table : tables) {
    ERIS_TRY(FaultPlan fault, read_fault(*table, plan.time_limit));
    plan.faults.push_back(std::move(fault));
  }
  return {};
}

base::Result<std::string> PlanReader::read_text(const toml::table& table,
                                                std::string_view name) const {
  const toml::node* node = table.get(name);
  if (node == nullptr)
    return base::usage_error(fmt::format("[[schedule]] has no '{}'", name), place(table.source()));
  if (auto text = node->value_exact<std::string>()) return *std::move(text);
  return base::usage_error(fmt::format("'{}' must be text, not {}", name, type_name(*node)),
                           place(node->source()));
}

/// Whatever stands beside the keys of all injections makes up the action, as in a journal.
base::Result<FaultAction> PlanReader::read_action(const toml::table& table) const {
  toml::table members = table;
  for (const char* common : {"fault", "at", "for", "description"}) members.erase(common);
  std::ostringstream json;
  json << toml::json_formatter(members);
  auto action = parse_action(json.str());
  if (action) return *std::move(action);
  const toml::node* blamed = table.get("do");
  return std::unexpected(
      at((blamed == nullptr ? table.source() : blamed->source()), std::move(action).error()));
}

base::Result<PlannedInjection> PlanReader::read_injection(const toml::table& table,
                                                          const Plan& plan) const {
  PlannedInjection injection;
  const auto read_duration = [&](std::string_view name) -> base::Result<base::Duration> {
    ERIS_TRY(const std::string text, read_text(table, name));
    auto duration = base::parse_duration(text);
    if (!duration) return std::unexpected(at(table.get(name)->source(), duration.error()));
    return duration;
  };
  ERIS_TRY(injection.fault, read_text(table, "fault"));
  ERIS_TRY(injection.at, read_duration("at"));
  ERIS_TRY(injection.duration, read_duration("for"));
  if (table.contains("description")) {
    ERIS_TRY(injection.description, read_text(table, "description"));
  }
  ERIS_TRY(injection.action, read_action(table));
  if (auto known = find_entry(catalogue_.faults, "fault", injection.fault); !known)
    return std::unexpected(at(table.get("fault")->source(), std::move(known).error()));
  if (auto checked = check_injection(injection, plan, catalogue_); !checked)
    return std::unexpected(blame(table, std::move(checked).error()));
  return injection;
}

base::Result<void> PlanReader::read_schedule(const toml::table& root, Plan& plan) const {
  ERIS_TRY(const auto tables, tables_of(root, "schedule"));
  for (const toml::table* table : tables) {
    ERIS_TRY(PlannedInjection injection, read_injection(*table, plan));
    plan.schedule.push_back(std::move(injection));
  }
  return {};
}

base::Result<void> PlanReader::read_check(const toml::table& root, CheckPlan& check) const {
  ERIS_TRY(const toml::table* table, find_table(root, "check"));
  if (table == nullptr) return {};
  Options options(check_schema());
  for (const Entry& entry : entries_of(*table)) {
    const OptionSchema* option = find(check_schema(), entry.key->str());
    if (option == nullptr)
      return base::usage_error(fmt::format("unknown key '{}' in [check]", entry.key->str()),
                               place(entry.key->source()),
                               base::did_you_mean(entry.key->str(), names_of(check_schema())));
    ERIS_CHECK_OK(read_option(options, *option, *entry.node));
  }
  assign(check, options);
  if (auto known = check_consistency(check.consistency, catalogue_); !known)
    return std::unexpected(at(table->get("consistency")->source(), std::move(known).error()));
  return {};
}

base::Result<Plan> PlanReader::read(const toml::table& root) {
  static const std::vector<OptionSchema> no_common;
  Plan plan;
  ERIS_CHECK_OK(read_top(root, plan));
  if (!engine_.empty()) plan.engine = engine_;
  ERIS_TRY(plan.system, read_required(root, {.heading = "[system]",
                                             .kind = "system",
                                             .entries = catalogue_.systems,
                                             .common = no_common}));
  ERIS_TRY(plan.workload, read_required(root, {.heading = "[workload]",
                                               .kind = "workload",
                                               .entries = catalogue_.workloads,
                                               .common = no_common}));
  ERIS_CHECK_OK(read_faults(root, plan));
  ERIS_CHECK_OK(read_schedule(root, plan));
  ERIS_CHECK_OK(read_check(root, plan.check));
  return plan;
}

}  // namespace

base::Result<Plan> parse_plan(std::string_view toml, std::string_view file,
                              const Catalogue& catalogue) {
  return parse_plan_for({}, toml, file, catalogue);
}

base::Result<Plan> parse_plan_for(std::string_view engine, std::string_view toml,
                                  std::string_view file, const Catalogue& catalogue) {
  try {
    const toml::table root = toml::parse(toml, file);
    ERIS_TRY(Plan plan, PlanReader(file, catalogue, engine).read(root));
    ERIS_CHECK_OK(validate(plan, catalogue));
    return plan;
  } catch (const toml::parse_error& error) {
    const toml::source_position& begin = error.source().begin;
    return base::usage_error(fmt::format("malformed TOML: {}", error.description()),
                             fmt::format("{}:{}:{}", file, begin.line, begin.column));
  }
}

}  // namespace eris::model
