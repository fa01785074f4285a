#include <algorithm>

#include "harness/run/pacer.hpp"
#include "harness/run/stages.hpp"

namespace eris::run {

namespace {

/// Hands out operations as they are due.
class Offers {
 public:
  explicit Offers(RunLoop& loop)
      : loop_(loop),
        pacer_(loop.plan.rate, loop.plan.concurrency, base::Rng(loop.plan.seed).stream("pace")) {}

  void start(base::Instant now) { pacer_.start(now); }

  /// Sends what is due to idle processes.
  void step(base::Instant now) {
    idle_ = false;
    while (pacer_.is_due(now)) {
      const auto process = loop_.processes.take();
      if (!process) return;
      const auto op = loop_.workload.next(*process);
      if (!op || !loop_.pump.send(*op)) {
        loop_.processes.put_back(*process);
        exhausted_ = !op;
        return;
      }
      exhausted_ = false;
      pacer_.offered(now);
    }
    idle_ = loop_.processes.busy() < loop_.processes.places();
  }

  /// When step() has something to do again; `otherwise` when only a completion can tell.
  [[nodiscard]] base::Instant due(base::Instant otherwise) const {
    return idle_ ? std::min(pacer_.due(), otherwise) : otherwise;
  }

  /// The workload had nothing to ask, and no answer is outstanding that could change its mind.
  [[nodiscard]] bool is_over() const { return exhausted_ && loop_.processes.busy() == 0; }

 private:
  RunLoop& loop_;
  Pacer pacer_;
  bool idle_ = false;  ///< a process waits for the next operation to be due
  bool exhausted_ = false;
};

/// Begins and ends faults. What is there already is taken before each: a node that died before the
/// decision did not die of it, and targets are chosen by what is known. Where faults take longer to
/// begin and end than they lie apart, the next one is always due already; the load ends all the
/// same.
void strike(RunLoop& loop, base::Instant now, base::Instant end) {
  do {
    while (loop.pump.take(now)) {
    }
  } while (loop.cluster.now() < end && loop.faults.step());
}

}  // namespace

void load(RunLoop& loop) {
  loop.enter("load");
  base::Instant now = loop.cluster.now();
  const base::Instant end = now + loop.plan.time_limit;
  Offers offers(loop);
  offers.start(now);
  loop.faults.start(now);
  for (; now < end && !loop.should_leave(); now = loop.cluster.now()) {
    if (const auto due = loop.faults.due(); due && *due <= now) strike(loop, now, end);
    offers.step(now);
    if (offers.is_over()) return loop.remark("the workload had nothing left to ask");
    base::Instant deadline = offers.due(end);
    if (const auto due = loop.faults.due()) deadline = std::min(deadline, *due);
    loop.wait(deadline);
  }
}

}  // namespace eris::run
