#include "checkers/lossless/lossless.hpp"

namespace eris::checkers::lossless {

namespace {

using Check = model::CheckResult (*)(const model::History&, Allowance&);

class LosslessChecker final : public Checker {
 public:
  explicit LosslessChecker(Check function) : check_(function) {}

  [[nodiscard]] std::string name() const override { return "lossless"; }

  [[nodiscard]] model::CheckResult check(const model::History& history,
                                         const CheckContext& context) const override {
    Allowance allowance(context);
    allowance.ask();
    return check_(history, allowance);
  }

 private:
  Check check_;
};

}  // namespace

const std::vector<std::string>& objects() {
  static const std::vector<std::string> all{"set", "queue", "log"};
  return all;
}

std::unique_ptr<Checker> make_lossless_checker(const std::string& object) {
  if (object == "set") return std::make_unique<LosslessChecker>(check_set);
  if (object == "queue") return std::make_unique<LosslessChecker>(check_queue);
  if (object == "log") return std::make_unique<LosslessChecker>(check_log);
  return nullptr;
}

}  // namespace eris::checkers::lossless
