// The weaker models as consistencies that a plan can name; a part of checkers/registry.cpp.
// Thread rule: constant after the first call.
#pragma once

#include <vector>

#include "checkers/registry.hpp"

namespace eris::checkers::weak {

[[nodiscard]] const std::vector<ConsistencyType>& registry();

}  // namespace eris::checkers::weak
