#include "checkers/registry.hpp"

#include <fmt/format.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/weak/registry.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers {

namespace {

const char* const linearizable_explanation =
    "Every operation appears to happen at one moment between its request and its answer, so that "
    "clients cannot tell the system from a single copy (Herlihy and Wing 1990). Once a write is "
    "acknowledged, every later read sees it or something newer. An operation without an answer may "
    "happen at any later moment or never; one that failed must never be seen.\n"
    "Each key is checked by itself. Where all written values differ the check takes a second for "
    "millions of operations; else a search runs, within the time and memory that the plan allows, "
    "and says which operations blocked it when they run out. A violation comes with a few "
    "operations that prove it by themselves.";

std::unique_ptr<Checker> make_linearizable(const std::string& object) {
  return linearizability::make_linearizability_checker(object);
}

std::vector<ConsistencyType> all_types() {
  std::vector<ConsistencyType> all{
      {{.name = "linearizable",
        .summary = "every operation takes effect at one moment between its request and its answer",
        .explanation = linearizable_explanation},
       make_linearizable},
  };
  for (const ConsistencyType& type : weak::registry()) all.push_back(type);
  return all;
}

}  // namespace

const std::vector<ConsistencyType>& registry() {
  static const std::vector<ConsistencyType> all = all_types();
  return all;
}

std::vector<model::EntrySchema> schemas() {
  std::vector<model::EntrySchema> result;
  for (const ConsistencyType& type : registry()) result.push_back(type.schema);
  return result;
}

base::Result<std::unique_ptr<Checker>> make_checker(std::string_view consistency,
                                                    const std::string& object) {
  std::vector<std::string> names;
  for (const ConsistencyType& type : registry()) {
    names.push_back(type.schema.name);
    if (type.schema.name != consistency) continue;
    if (auto checker = type.make(object)) return checker;
    std::vector<std::string> object_names;
    for (const SequentialObject* known : objects()) object_names.emplace_back(known->name());
    return base::usage_error(fmt::format("unknown object '{}'", object), {},
                             base::did_you_mean(object, object_names));
  }
  return base::usage_error(fmt::format("unknown consistency '{}'", consistency), {},
                           base::did_you_mean(consistency, names));
}

}  // namespace eris::checkers
