// regression_file: a plan that shows a finding, as a file that ci/test keeps: dropped into
// ci/negative it must show the finding, and once that is mended, in ci/suites, it must not.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "harness/model/plan.hpp"

namespace eris::shrink {

/// "raft-stale-read-17": of the plan and its file.
[[nodiscard]] std::string regression_name(const model::Plan& plan, std::string_view anomaly);

/// The plan as TOML, and above it what it shows. `origin` says where it comes from: "Shrunk by
/// `eris shrink` from …", without a full stop.
[[nodiscard]] std::string regression_file(const model::Plan& plan, std::string_view anomaly,
                                          std::string_view origin);

}  // namespace eris::shrink
