// What Eris can hold a history against.
// Thread rule: constant after the first call.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "checkers/checker.hpp"
#include "harness/base/result.hpp"
#include "harness/model/schema.hpp"

namespace eris::checkers {

/// A line of registry.cpp: a consistency that a system may promise.
struct ConsistencyType {
  model::EntrySchema schema;
  /// A checker for this object ("register", "list-append"), or nullptr for one that it does not
  /// know.
  std::unique_ptr<Checker> (*make)(const std::string& object);
  /// The objects that it knows.
  std::vector<std::string> (*objects)();
};

[[nodiscard]] const std::vector<ConsistencyType>& registry();

/// The schemas of all of them, for lists and explanations.
[[nodiscard]] std::vector<model::EntrySchema> schemas();

/// Errors: usage, with what was perhaps meant, for an unknown consistency or object.
[[nodiscard]] base::Result<std::unique_ptr<Checker>> make_checker(std::string_view consistency,
                                                                  const std::string& object);

}  // namespace eris::checkers
