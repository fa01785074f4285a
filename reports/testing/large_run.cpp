// A run as a real one looks: ten clients, a few hot keys, a fault every five seconds during which
// operations slow down, fail or stay unknown, and a new leader after each.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/rng.hpp"
#include "reports/testing/sample_runs.hpp"
#include "reports/testing/scribe.hpp"

namespace eris::reports::testing {

namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::Instant;
using base::NodeId;
using base::Rng;
using model::Status;
using model::Value;

constexpr Duration run_length = 60s;
constexpr std::uint32_t node_count = 5;
constexpr std::int64_t clients = 10;

struct Strike {
  std::uint64_t number = 0;
  Instant from{};
  Instant to{};
  std::uint32_t leader = 0;  ///< its target
};

model::FaultAction isolate(std::uint32_t node) {
  std::vector<model::Link> links;
  for (std::uint32_t other = 1; other <= node_count; ++other)
    if (other != node) links.push_back({NodeId(node), NodeId(other)});
  return model::Cut{links};
}

void add_fault(Scribe& scribe, const Strike& strike, std::int64_t dropped) {
  ScribedFault fault{.number = strike.number,
                     .action = isolate(strike.leader),
                     .decided = strike.from,
                     .applied = strike.from + 2ms,
                     .reverting = strike.to,
                     .reverted = strike.to + 3ms};
  const std::string target = fmt::format("leader n{}", strike.leader);
  if (strike.number % 3 == 1) {
    fault.name = "partition";
    fault.description = "isolate " + target;
    fault.facts = {{"packets dropped", Value(dropped)}};
  } else if (strike.number % 3 == 2) {
    fault.name = "kill";
    fault.description = "kill " + target;
    fault.action = model::Kill{{NodeId(strike.leader)}};
    fault.facts = {{"signal", Value(9)}};
    scribe.node(strike.from + 3ms, strike.leader, "exited", {{"signal", Value(9)}});
    scribe.node(strike.to + 1ms, strike.leader, "started", {{"pid", Value(5000)}});
  } else {
    fault.name = "pause";
    fault.description = "pause " + target;
    fault.action = model::Pause{{NodeId(strike.leader)}};
    fault.facts = {{"state", Value("stopped")}};
  }
  scribe.fault(fault);
}

/// What the nodes tell after their leader was struck: `next` wins the election of `term`.
void add_election(Scribe& scribe, const Strike& strike, std::uint32_t next, std::int64_t term) {
  scribe.beacon(strike.from + 190ms, next, "pre_candidate", term - 1);
  scribe.beacon(strike.from + 230ms, next, "candidate", term);
  scribe.beacon(strike.from + 250ms, next, "leader", term);
  for (std::uint32_t node = 1; node <= node_count; ++node)
    if (node != next && node != strike.leader)
      scribe.beacon(strike.from + 260ms, node, "follower", term);
  scribe.beacon(strike.to + 40ms, strike.leader, "follower", term);
}

std::vector<Strike> add_faults(Scribe& scribe, Rng rng) {
  std::vector<Strike> strikes;
  std::uint32_t leader = 1;
  for (std::uint64_t number = 1; number <= 12; ++number) {
    const Instant from =
        1s + 4'600ms * static_cast<std::int64_t>(number) + rng.duration(-400ms, 400ms);
    strikes.push_back({number, from, from + rng.duration(1'200ms, 2'600ms), leader});
    add_fault(scribe, strikes.back(), rng.between(20, 900));
    const std::uint32_t next = leader % node_count + 1;
    add_election(scribe, strikes.back(), next, static_cast<std::int64_t>(number) + 1);
    leader = next;
  }
  return strikes;
}

bool struck(const std::vector<Strike>& strikes, Instant at) {
  return std::ranges::any_of(strikes,
                             [&](const Strike& s) { return s.from <= at && at <= s.from + 300ms; });
}

/// Skewed to the right, as latencies are.
Duration service_time(Rng& rng, Duration typical) {
  const double factor = 0.4 - 0.6 * std::log(1.0 - rng.unit());
  return Duration(static_cast<std::int64_t>(static_cast<double>(typical.count()) * factor)) + 90us;
}

Status status_of(Rng& rng, bool bad) {
  if (bad && rng.chance(0.25)) return Status::info;
  return rng.chance(bad ? 0.3 : 0.001) ? Status::fail : Status::ok;
}

/// Ten clients, each with its next operation when the last one ended.
class Clients {
 public:
  Clients(Scribe& scribe, const std::vector<Strike>& strikes, Rng rng, Duration typical)
      : scribe_(scribe), strikes_(strikes), rng_(rng), typical_(typical) {
    for (std::int64_t process = 0; process < clients; ++process)
      clients_.push_back({200ms + 10us * process, static_cast<std::uint64_t>(process)});
  }

  /// Adds the next operation in the order of invocation; false when the time is over.
  bool step() {
    Client& client = *std::ranges::min_element(clients_, {}, &Client::free);
    if (client.free >= run_length) return false;
    const Instant from = client.free;
    const bool bad = struck(strikes_, from);
    const Status status = status_of(rng_, bad);
    const Duration taken = status == Status::info ? Duration(1s)
                           : bad                  ? rng_.duration(20ms, 320ms)
                                                  : service_time(rng_, typical_);
    add(client.process, from, from + taken, status);
    client.free = from + taken + rng_.duration(5us, 60us);
    if (status == Status::info) client.process = next_process_++;
    return true;
  }

 private:
  struct Client {
    Instant free;
    std::uint64_t process;
  };

  void add(std::uint64_t process, Instant from, Instant to, Status status) {
    static const std::array<std::string, 3> errors{"", "not the leader", "timed out after 1 s"};
    const std::string& error = errors[static_cast<std::size_t>(status)];
    const std::string key = fmt::format("k{}", rng_.chance(0.67) ? rng_.below(2) : rng_.below(12));
    const bool is_ok = status == Status::ok;
    ++value_;
    if (rng_.chance(0.5))
      scribe_.read(from, to, process, key, is_ok ? Value(value_ - 3) : Value(), status, error);
    else
      scribe_.write(from, to, process, key, Value(value_), status, error);
  }

  Scribe& scribe_;
  const std::vector<Strike>& strikes_;
  Rng rng_;
  Duration typical_;
  std::vector<Client> clients_;
  std::uint64_t next_process_ = clients;
  std::int64_t value_ = 0;
};

/// The first successful operation of this kind on k1 from `place` on; there must be one.
std::size_t next_on_k1(const model::History& history, std::size_t place, model::Function function) {
  const auto fits = [&](const model::Operation& operation) {
    return operation.function == function && operation.status == Status::ok &&
           history.key_of(operation) == Value("k1");
  };
  const auto from = history.operations.begin() + static_cast<std::ptrdiff_t>(place);
  const auto found = std::find_if(from, history.operations.end(), fits);
  ERIS_ASSERT(found != history.operations.end(), "a large run has operations of every kind on k1");
  return static_cast<std::size_t>(found - history.operations.begin());
}

/// A finding in form only: two writes and a read about the middle of the first fault.
model::Finding finding_in(const model::History& history, Instant middle) {
  const auto near =
      std::ranges::lower_bound(history.operations, middle, {}, &model::Operation::invoked_at);
  const auto place = static_cast<std::size_t>(near - history.operations.begin());
  const std::size_t older =
      next_on_k1(history, place - std::min<std::size_t>(place, 1200), model::function::write);
  const std::size_t newer = next_on_k1(history, place, model::function::write);
  const std::size_t stale = next_on_k1(history, newer + 20, model::function::read);
  return {
      .property = "linearizable",
      .anomaly = "stale read",
      .key = Value("k1"),
      .sentence = "a process read an old value from k1 although a newer one had been acknowledged",
      .explanation = {"the newer write had its answer before the read began",
                      "the read was told the older value"},
      .witness = {{older, "wrote the older value"},
                  {newer, "wrote the newer one"},
                  {stale, "read the older one"}},
      .searched_operations = history.operations.size()};
}

}  // namespace

SampleRun large_run(std::size_t operations, bool with_finding) {
  const Rng seed(42);
  Scribe scribe("five-nodes-under-fire", node_count);
  scribe.header().plan.concurrency = clients;
  scribe.note(0ms, "setup");
  for (std::uint32_t node = 1; node <= node_count; ++node) {
    scribe.node(2ms, node, "started", {});
    scribe.beacon(150ms, node, node == 1 ? "leader" : "follower", 1);
  }
  scribe.note(200ms, "load");
  const std::vector<Strike> strikes = add_faults(scribe, seed.stream("faults"));
  // Faults cost the clients about a fifth of their time.
  const Duration typical =
      run_length * clients * 4 / 5 / static_cast<std::int64_t>(operations + 1) - 120us;
  Clients load(scribe, strikes, seed.stream("operations"), std::max<Duration>(typical, 50us));
  while (load.step()) {
  }
  scribe.note(run_length, "heal");
  scribe.note(run_length + 2s, "end");
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  model::CheckResult result{.checker = "linearizability",
                            .verdict = model::Verdict::valid,
                            .reason = "every key has a linearization",
                            .findings = {},
                            .statistics = {{"keys", Value(12)}}};
  if (with_finding) {
    result.verdict = model::Verdict::invalid;
    result.reason = "key k1 has no linearization";
    result.findings.push_back(finding_in(run.history, strikes.front().from + 900ms));
  }
  run.judgement = model::judge({std::move(result)});
  return run;
}

}  // namespace eris::reports::testing
