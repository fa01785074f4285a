// Progress as one line of text for a terminal or a log.
// Thread rule: pure function.
#pragma once

#include <string>

#include "harness/run/progress.hpp"

namespace eris::run {

/// "12.3 s of 20 s | 3,210 op/s | ok 35,112 fail 120 info 31 | partition: isolate leader n3 |
/// leader n5 term 7". Stages other than the load are named in front; what is not known is left out.
[[nodiscard]] std::string to_text(const Progress& progress);

}  // namespace eris::run
