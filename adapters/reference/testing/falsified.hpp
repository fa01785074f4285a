// falsified: how RapidCheck refutes a property that must not hold.
//
// Why: a model that finds no planted bug may ask nothing of the core. So that these tests find the
// same today and tomorrow, their cases are always the same; so that they stay short, what is found
// is told as it was found, and not shrunk.
// Thread rule: one test at a time.
#pragma once

#include <sstream>
#include <string>
#include <utility>

#include <rapidcheck.h>

namespace eris::reference::testing {

/// The first case that was found and what is wrong with it, or nothing where the property holds for
/// so many cases.
template <typename Property>
[[nodiscard]] std::string falsified(Property property, int cases = 1000) {
  rc::detail::TestParams params;
  params.maxSuccess = cases;
  params.disableShrinking = true;
  const auto result =
      rc::detail::checkTestable(std::move(property), rc::detail::TestMetadata(), params);
  if (!result.template is<rc::detail::FailureResult>()) return {};
  std::ostringstream told;
  told << result.template get<rc::detail::FailureResult>();
  return told.str();
}

}  // namespace eris::reference::testing
