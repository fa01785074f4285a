#include "harness/cli/catalogue.hpp"

#include "adapters/adapter.hpp"
#include "checkers/registry.hpp"
#include "faults/fault.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

template <typename Registry>
std::vector<model::EntrySchema> schemas_of(const Registry& registry) {
  std::vector<model::EntrySchema> schemas;
  for (const auto& type : registry) schemas.push_back(type.schema);
  return schemas;
}

}  // namespace

model::Catalogue make_catalogue() {
  return {.systems = schemas_of(adapters::registry()),
          .workloads = schemas_of(workloads::registry()),
          .faults = schemas_of(faults::registry()),
          .checks = checkers::schemas()};
}

}  // namespace eris::cli
