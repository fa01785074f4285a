// The members of a Plan as option values, and back: what lets plan files, flags and validation
// share the one description in plan_schema(). Internal to harness/model.
// Thread rule: pure functions.
#pragma once

#include "harness/model/plan.hpp"

namespace eris::model {

/// A value beside the option it is the value of.
struct NamedValue {
  std::string_view name;  ///< of the option; static
  OptionValue value;
};

/// In the order in which a plan file shows them. The seed and the nested parts are not among them.
[[nodiscard]] std::vector<NamedValue> values_of(const Plan& plan);
[[nodiscard]] std::vector<NamedValue> values_of(const FaultPlan& fault);
[[nodiscard]] std::vector<NamedValue> values_of(const CheckPlan& check);

/// Takes the members from options that hold every option of the matching schema.
void assign(Plan& plan, const Options& options);
void assign(FaultPlan& fault, const Options& options);
void assign(CheckPlan& check, const Options& options);

/// What must hold of a fault beside the ranges of its options. Errors: usage; in `where`, the
/// option to blame.
[[nodiscard]] base::Result<void> check_schedule(const FaultPlan& fault, base::Duration time_limit);

/// What must hold of a planned injection. Errors: usage; in `where`, the key to blame.
[[nodiscard]] base::Result<void> check_injection(const PlannedInjection& injection,
                                                 const Plan& plan, const Catalogue& catalogue);

/// "promised", or a level that the catalogue can check. Errors: usage.
[[nodiscard]] base::Result<void> check_consistency(std::string_view consistency,
                                                   const Catalogue& catalogue);

/// The entry with this name. Errors: usage, with "did you mean".
[[nodiscard]] base::Result<const EntrySchema*> find_entry(const std::vector<EntrySchema>& entries,
                                                          std::string_view kind,
                                                          std::string_view name);

}  // namespace eris::model
