// The words of text scenarios, and the files that hold them. What a scenario is stands in
// scenario.hpp.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::reference::testing {

using Words = std::vector<std::string>;

[[nodiscard]] Words words_of(const std::string& line);

// Errors of these: usage, for a scenario's author.
[[nodiscard]] base::Result<base::NodeId> node_in(const Words& words, std::size_t at);
[[nodiscard]] base::Result<std::uint64_t> number_in(const std::string& text);

/// The text after "NAME=", "" for the bare name, nothing where neither stands there.
[[nodiscard]] std::optional<std::string> option_in(const Words& words, const std::string& name);
/// The number after "NAME=", or `otherwise`.
[[nodiscard]] base::Result<std::uint64_t> number_option_in(const Words& words,
                                                           const std::string& name,
                                                           std::uint64_t otherwise);

/// The whole file, with what `run` printed for each command in place of the expected output.
/// Errors: usage, with the line.
[[nodiscard]] base::Result<std::string> rewrite(
    const std::string& file,
    const std::function<base::Result<std::string>(const std::string& command)>& run);

}  // namespace eris::reference::testing
