// Holders: a lock with fencing tokens, of which only it matters here who holds it. Whoever obeys
// the tokens as well holds it no otherwise, so that what no mutex allows, no fenced lock does.
#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

const SequentialObject& mutex() {
  return *find_object("mutex");
}

Deed without_token(Deed deed) {
  deed.call.argument = deed.call.result = {};
  deed.shape = mutex().shape(deed.call);
  return deed;
}

std::vector<Timed> without_tokens(std::span<const Timed> some) {
  std::vector<Timed> result(some.begin(), some.end());
  for (Timed& timed : result) timed.deed = without_token(std::move(timed.deed));
  return result;
}

class HolderDomain : public Domain {
 public:
  HolderDomain(std::span<const Timed> picks, std::span<const Timed> bystanders)
      : holders_(make_value_domain(mutex(), without_tokens(picks), without_tokens(bystanders))) {}

  State initial() override { return holders_->initial(); }
  std::optional<State> after(State state, const Deed& pick) override {
    return holders_->after(state, without_token(pick));
  }
  void drift(State state, Place place, std::vector<State>& to) override {
    holders_->drift(state, place, to);
  }

 private:
  std::unique_ptr<Domain> holders_;
};

}  // namespace

std::unique_ptr<Domain> make_holder_domain(std::span<const Timed> picks,
                                           std::span<const Timed> bystanders) {
  return std::make_unique<HolderDomain>(picks, bystanders);
}

}  // namespace eris::checkers::certificates
