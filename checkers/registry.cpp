#include "checkers/registry.hpp"

#include <fmt/format.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/lossless/lossless.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/transactions/transactions.hpp"
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

std::vector<std::string> sequential_objects() {
  std::vector<std::string> names;
  for (const SequentialObject* known : objects()) names.emplace_back(known->name());
  return names;
}

const char* const lossless_explanation =
    "Nothing that was acknowledged is lost, and nothing is seen that nobody put there: of sets "
    "that "
    "are only added to and read whole, of queues that are drained at the end, and of logs in the "
    "manner of Kafka, where also every offset holds one message for everybody.\n"
    "Nothing is said of order or of how soon. An element of a set that a read misses and a later "
    "one "
    "shows is stale, which is counted and not forbidden.";

std::vector<ConsistencyType> make_registry() {
  std::vector<ConsistencyType> all;
  all.push_back(
      {{.name = "linearizable",
        .summary = "every operation takes effect at one moment between its request and its answer",
        .explanation = linearizable_explanation},
       make_linearizable,
       sequential_objects});
  for (const ConsistencyType& type : weak::registry()) all.push_back(type);
  transactions::add_models(all);
  all.push_back({{.name = "lossless",
                  .summary = "what was acknowledged is there, and nothing else is",
                  .explanation = lossless_explanation},
                 lossless::make_lossless_checker,
                 [] { return lossless::objects(); }});
  return all;
}

}  // namespace

const std::vector<ConsistencyType>& registry() {
  static const std::vector<ConsistencyType> all = make_registry();
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
    return base::usage_error(
        fmt::format("'{}' cannot be checked of the object '{}'", consistency, object), {},
        base::did_you_mean(object, type.objects()));
  }
  return base::usage_error(fmt::format("unknown consistency '{}'", consistency), {},
                           base::did_you_mean(consistency, names));
}

}  // namespace eris::checkers
