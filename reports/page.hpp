// Page: the HTML report's parts, each a pure function. html.cpp puts them into the template.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "reports/summary.hpp"

namespace eris::reports::page {

/// At most this many operations travel in the page. A longer run is thinned evenly; what failed,
/// stayed unknown or belongs to a witness is kept, and the page says that it was thinned.
inline constexpr std::size_t operations_max = 400'000;

/// The data that the scripts draw, as JSON that is safe inside a <script> element. Times are
/// whole microseconds; operations are columns, their beginnings as differences.
[[nodiscard]] std::string data(const ReportInput& input, const Summary& summary,
                               std::size_t operations_limit = operations_max);

// Sections and parts of the page, escaped and ready to stand in HTML.

[[nodiscard]] std::string badge(model::Verdict verdict);
[[nodiscard]] std::string figures(const Summary& summary);
/// The first finding; the story of how it came to that stands between it and the others.
[[nodiscard]] std::string findings(const ReportInput& input, const Summary& summary);
[[nodiscard]] std::string further_findings(const ReportInput& input, const Summary& summary);
[[nodiscard]] std::string story(const Summary& summary);
[[nodiscard]] std::string functions(const Summary& summary);
[[nodiscard]] std::string faults(const Summary& summary);
[[nodiscard]] std::string cluster(const Summary& summary);
[[nodiscard]] std::string checks(const ReportInput& input);
[[nodiscard]] std::string run(const model::History& history);
[[nodiscard]] std::string reproduce(const ReportInput& input);

}  // namespace eris::reports::page
