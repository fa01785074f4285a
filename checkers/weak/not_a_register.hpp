// What the weaker models say of objects that they are not about.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "checkers/checker.hpp"

namespace eris::checkers::weak {

/// True for the objects that reads, writes and cas are about.
[[nodiscard]] bool is_register(std::string_view object);

/// A checker that always says `unknown`, and why.
[[nodiscard]] std::unique_ptr<Checker> make_not_a_register(std::string consistency,
                                                           std::string object);

}  // namespace eris::checkers::weak
