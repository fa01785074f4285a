// A sequential object that Eris does not know, judged by Eris' linearizability checker: a register
// that keeps the greatest value ever written to it.
//
// max_register JOURNAL   judges a recorded history; prints the verdict and the first finding.
#include <cstdio>
#include <optional>
#include <string_view>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/objects/object.hpp"
#include "harness/journal/journal.hpp"

namespace {

namespace function = eris::model::function;
using eris::checkers::Answer;
using eris::checkers::Call;
using eris::model::Value;

class MaxRegister : public eris::checkers::SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "max-register"; }
  /// The state begins as nil.
  [[nodiscard]] std::optional<Value> step(const Value& state, const Call& call) const override {
    if (call.function == function::write && call.argument.is_integer())
      return state.is_nil() || call.argument.integer() > state.integer() ? call.argument : state;
    if (call.function != function::read) return std::nullopt;
    if (call.answer == Answer::known && call.result != state) return std::nullopt;
    return state;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: max_register JOURNAL\n", stderr);
    return 64;
  }
  const auto history = eris::journal::read(argv[1]);
  if (!history) {
    std::fprintf(stderr, "%s\n", eris::base::to_text(history.error()).c_str());
    return 64;
  }
  const MaxRegister object;
  const auto checker = eris::checkers::linearizability::make_linearizability_checker(object);
  const auto result = checker->check(*history, {});
  std::printf("%s\n", std::string(eris::model::to_text(result.verdict)).c_str());
  if (!result.findings.empty()) std::printf("%s\n", result.findings.front().sentence.c_str());
  return eris::model::exit_code(result.verdict);
}
