#include "checkers/weak/not_a_register.hpp"

#include <utility>

#include <fmt/format.h>

namespace eris::checkers::weak {

namespace {

class NotARegister final : public Checker {
 public:
  NotARegister(std::string consistency, std::string object)
      : consistency_(std::move(consistency)), object_(std::move(object)) {}

  [[nodiscard]] std::string name() const override { return consistency_; }

  [[nodiscard]] model::CheckResult check(const model::History&,
                                         const CheckContext&) const override {
    return {.checker = consistency_,
            .verdict = model::Verdict::unknown,
            .reason = fmt::format("'{}' is decided for registers and key-value stores only, not "
                                  "for the object '{}'; hold it to linearizable",
                                  consistency_, object_)};
  }

 private:
  const std::string consistency_;
  const std::string object_;
};

}  // namespace

bool is_register(std::string_view object) {
  return object == "register" || object == "key-value";
}

std::unique_ptr<Checker> make_not_a_register(std::string consistency, std::string object) {
  return std::make_unique<NotARegister>(std::move(consistency), std::move(object));
}

}  // namespace eris::checkers::weak
