// The JSON forms of events, judgements and fields: what journals, results.json and beacons hold.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/event.hpp"
#include "harness/model/value.hpp"
#include "harness/model/verdict.hpp"

namespace eris::model {

/// One line without the newline, as a journal holds it.
[[nodiscard]] std::string to_json_line(const Event& event);

/// The judgement as JSON text (results.json, --json), and back.
[[nodiscard]] std::string to_json(const Judgement& judgement);
[[nodiscard]] base::Result<Judgement> parse_judgement(std::string_view json);

/// Any fields as one JSON object, and back (what nodes print as beacons). Errors: usage.
[[nodiscard]] std::string to_json(const Fields& fields);
[[nodiscard]] base::Result<Fields> parse_fields(std::string_view json);

}  // namespace eris::model
