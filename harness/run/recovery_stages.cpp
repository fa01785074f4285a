#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/run/stages.hpp"

namespace eris::run {

namespace {

/// Between two attempts: an election takes longer than this, a person notices less.
constexpr base::Duration retry_pause = std::chrono::milliseconds(100);
/// A read that gets no answer from a healed cluster is worth asking again, not for ever.
constexpr int final_read_attempts = 3;

/// An operation to see whether the cluster serves: a read of what is there, if anything is.
std::optional<model::Op> probe_operation(RunLoop& loop, base::ProcessId process) {
  if (std::vector<model::Op> reads = loop.workload.final_reads(); !reads.empty()) {
    reads.front().process = process;
    return std::move(reads.front());
  }
  return loop.workload.next(process);
}

/// Forgets the listener when the stage is left, on every path.
class Listening {
 public:
  Listening(OperationPump& pump, std::function<void(const Completion&)> listener) : pump_(pump) {
    pump_.on_completion(std::move(listener));
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() { pump_.on_completion({}); }

 private:
  OperationPump& pump_;
};

/// One attempt after another, until one succeeds.
std::optional<base::Instant> probe_until_served(RunLoop& loop, base::Instant deadline) {
  std::optional<base::Instant> served;
  std::optional<base::ProcessId> asked;
  const Listening listening(loop.pump, [&](const Completion& completion) {
    if (completion.op.process != asked) return;  // left over from the load
    asked.reset();
    if (completion.outcome.status == model::Status::ok) served = loop.cluster.now();
  });
  while (!loop.should_leave() && loop.cluster.now() < deadline) {
    asked = loop.processes.take();
    if (asked) {
      const auto op = probe_operation(loop, *asked);
      if (!op || !loop.pump.send(*op)) {
        loop.processes.put_back(*asked);
        return std::nullopt;
      }
    }
    while (asked && !loop.should_leave() && loop.cluster.now() < deadline) loop.wait(deadline);
    if (served) return served;
    loop.wait_until(std::min(deadline, loop.cluster.now() + retry_pause));
  }
  return std::nullopt;
}

/// Final reads, dealt to places in turn, so that copies of one read go to different processes.
class FinalReads {
 public:
  explicit FinalReads(RunLoop& loop) : loop_(loop), places_(loop.processes.places()) {
    std::size_t dealt = 0;
    for (model::Op& read : loop.workload.final_reads())
      places_[dealt++ % places_.size()].waiting.push_back({std::move(read)});
    open_ = dealt;
  }

  /// Every idle place that has a read waiting does it.
  void send_all() {
    for (std::size_t place = 0; place < places_.size(); ++place) {
      Place& reader = places_[place];
      if (reader.waiting.empty() || reader.asked) continue;
      const auto process = loop_.processes.take_at(place);
      if (!process) continue;  // still held by an operation from before
      Read& read = reader.waiting.back();
      read.op.process = *process;
      ++read.attempts;
      reader.asked = *process;
      if (!loop_.pump.send(read.op)) return;
    }
  }

  void completed(const Completion& completion) {
    Place& reader = places_[loop_.processes.place_of(completion.op.process)];
    if (reader.asked != completion.op.process) return;  // left over from before
    reader.asked.reset();
    const bool answered = completion.outcome.status == model::Status::ok;
    if (!answered && reader.waiting.back().attempts < final_read_attempts) return;
    unanswered_ += answered ? 0 : 1;
    reader.waiting.pop_back();
    --open_;
  }

  [[nodiscard]] bool are_done() const { return open_ == 0; }
  /// Given up, or never asked.
  [[nodiscard]] std::size_t missing() const { return open_ + unanswered_; }

 private:
  struct Read {
    model::Op op;
    int attempts = 0;
  };
  struct Place {
    std::vector<Read> waiting;
    std::optional<base::ProcessId> asked;  ///< who does the last of `waiting` at present
  };

  RunLoop& loop_;
  std::vector<Place> places_;
  std::size_t open_ = 0;
  std::size_t unanswered_ = 0;
};

}  // namespace

std::optional<base::Instant> recover(RunLoop& loop) {
  loop.enter("quiet");
  loop.wait_until(loop.cluster.now() + loop.plan.quiet_period);
  loop.processes.retire_all();
  const auto served = probe_until_served(loop, loop.cluster.now() + loop.plan.ready_timeout);
  if (!served && !loop.should_leave())
    loop.remark(fmt::format("{} within {} of the quiet period's end", model::note::did_not_recover,
                            base::to_text(loop.plan.ready_timeout)));
  return served;
}

void final_reads(RunLoop& loop) {
  loop.enter("final-reads");
  FinalReads reads(loop);
  const Listening listening(loop.pump,
                            [&](const Completion& completion) { reads.completed(completion); });
  const base::Instant deadline = loop.cluster.now() + loop.plan.ready_timeout;
  while (!reads.are_done() && !loop.should_leave() && loop.cluster.now() < deadline) {
    reads.send_all();
    loop.wait(deadline);
  }
  if (reads.missing() > 0)
    loop.remark(base::count_of(reads.missing(), "final read") + " got no answer");
}

}  // namespace eris::run
