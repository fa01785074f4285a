#include "checkers/testing/tampering.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace eris::checkers::testing {

using model::Verdict;

void tamper(certificates::Certificate& certificate, const model::History& history, base::Rng& rng) {
  certificates::KeyCertificate& key = certificate.keys.front();
  std::vector<model::EventIndex>& operations = key.operations;
  const auto any = [&] { return rng.below(operations.size()); };
  const auto place = [&](std::size_t i) {
    return operations.begin() + static_cast<std::ptrdiff_t>(i);
  };
  switch (rng.below(10)) {
    case 0:
      if (!operations.empty()) std::swap(operations[any()], operations[any()]);
      break;
    case 1:
      if (!operations.empty()) operations.erase(place(any()));
      break;
    case 2:
      if (!operations.empty()) operations.push_back(operations[any()]);
      break;
    case 3:
      if (!operations.empty()) operations[any()] = rng.below(history.events + 3);
      break;
    case 4:
      operations.push_back(history.operations[rng.below(history.operations.size())].invoked);
      break;
    case 5:
      key.until = rng.below(history.events + 2);
      break;
    case 6:
      certificate.verdict = key.verdict =
          key.verdict == Verdict::valid ? Verdict::invalid : Verdict::valid;
      key.until = rng.chance(0.5) ? model::never : history.events;
      break;
    case 7:
      ++certificate.history.hash;
      break;
    case 8:
      certificate.object = certificate.object == "register" ? "key-value" : "register";
      break;
    default:
      key.until = model::never;
      break;
  }
}

}  // namespace eris::checkers::testing
