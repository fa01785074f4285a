// The plans of ci/prove, as they were when the program was built.
// Thread rule: constant.
#pragma once

#include <span>
#include <string_view>

namespace eris::cli {

struct EmbeddedScenario {
  std::string_view file;
  std::string_view text;
};

[[nodiscard]] std::span<const EmbeddedScenario> embedded_scenarios();

}  // namespace eris::cli
