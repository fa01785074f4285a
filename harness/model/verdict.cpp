#include "harness/model/verdict.hpp"

#include <array>

namespace eris::model {

namespace {
constexpr std::array<std::string_view, 5> names{"valid", "vacuous", "unknown", "environment",
                                                "invalid"};
}

std::string_view to_text(Verdict verdict) {
  return names[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) return static_cast<Verdict>(i);
  return std::nullopt;
}

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid:
      return 0;
    case Verdict::invalid:
      return 1;
    case Verdict::unknown:
      return 2;
    case Verdict::vacuous:
      return 3;
    case Verdict::environment:
      return 4;
  }
  return 70;
}

Judgement judge(std::vector<CheckResult> results) {
  Judgement judgement;
  judgement.verdict = results.empty() ? Verdict::unknown : Verdict::valid;
  for (const CheckResult& result : results)
    judgement.verdict = merge(judgement.verdict, result.verdict);
  judgement.results = std::move(results);
  return judgement;
}

}  // namespace eris::model
