// The catalogue of everything that this build of Eris knows, from the registries of each folder.
// Thread rule: pure.
#pragma once

#include "harness/model/schema.hpp"

namespace eris::cli {

[[nodiscard]] model::Catalogue make_catalogue();

}  // namespace eris::cli
