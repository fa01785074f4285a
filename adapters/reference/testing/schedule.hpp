// Schedules: who speaks, who crashes and what is lost, drawn at random, as commands of a text
// scenario.
//
// Why commands: a schedule that breaks an invariant shrinks to one that a person can follow, and
// what is printed is a scenario to be pasted into testdata/. Any part of a schedule is one, too: a
// command that means nothing any more (a message that was never sent, a node that is down) is
// skipped, so shrinking never leaves what can be played.
// A protocol gives the struct below (raft/testing/schedules.hpp); the rest is the same for all.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rapidcheck.h>

#include "adapters/reference/testing/scenario_text.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace eris::reference::testing {

struct Schedule {
  std::string cluster;                ///< the first command: "cluster 5 no-pre-vote"
  std::vector<std::string> commands;  ///< those after it
  bool operator==(const Schedule&) const = default;
};

/// As RapidCheck prints it: a line each.
void showValue(const Schedule& schedule, std::ostream& out);

/// Smaller schedules, the smallest first: without some commands, with plainer ones, in a smaller
/// cluster.
[[nodiscard]] rc::Seq<Schedule> shrinks(const Schedule& schedule);

/// What random schedules must know of a protocol, S.
template <typename S>
concept Scheduled = requires(base::Rng& rng, typename S::Scenario& scenario) {
  /// A `cluster` command with small limits, so that rare paths are common.
  { S::cluster(rng) } -> std::same_as<std::string>;
  /// The node that a client would ask now.
  { S::asked(rng, scenario.cluster()) } -> std::same_as<base::NodeId>;
  /// "write x 1".
  { S::request(rng) } -> std::same_as<std::string>;
  /// One of the protocol's own commands: a change of membership, say.
  { S::own(rng, scenario.cluster()) } -> std::same_as<std::string>;
};

/// What came of a schedule, up to the first broken invariant.
struct Played {
  Schedule schedule;      ///< the commands that meant something
  std::string invariant;  ///< the first that was broken; empty where none was
  std::string what;
};

/// A schedule under way: runs commands, and keeps those that mean something.
template <Scheduled S>
class Play {
 public:
  explicit Play(const std::string& cluster) {
    const auto started = scenario_.run(cluster);
    ERIS_ASSERT(started.has_value(), "a schedule begins with a cluster");
    played_.schedule.cluster = cluster;
  }

  void run(std::string command) {
    if (scenario_.run(command)) played_.schedule.commands.push_back(std::move(command));
    const auto& violations = scenario_.cluster().invariants().violations();
    if (violations.empty()) return;
    played_.invariant = violations.front().invariant;
    played_.what = violations.front().what;
  }
  /// An invariant is broken, or the cluster talks to itself for ever: nothing more is to be learnt.
  [[nodiscard]] bool over() const {
    return !played_.invariant.empty() || !scenario_.comes_to_rest();
  }
  [[nodiscard]] auto& cluster() { return scenario_.cluster(); }
  [[nodiscard]] const Played& played() const { return played_; }

 private:
  typename S::Scenario scenario_;
  Played played_;
};

template <Scheduled S>
[[nodiscard]] Played play(const Schedule& schedule) {
  Play<S> play(schedule.cluster);
  for (const std::string& command : schedule.commands) {
    if (play.over()) break;
    play.run(command);
  }
  return play.played();
}

/// What a schedule is given to. Each is on or off for a whole schedule, so that some schedules are
/// all crashes and others all partitions (Groce et al., "Swarm Testing", ISSTA 2012).
struct Habits {
  explicit Habits(base::Rng& rng)
      : reorders(rng.chance(0.5)),
        repeats(rng.chance(0.4)),
        drops(rng.chance(0.5)),
        crashes(rng.chance(0.6)),
        cuts(rng.chance(0.6)),
        delays(rng.chance(0.4)),
        own(rng.chance(0.5)),
        settles(rng.chance(0.5)) {}
  bool reorders;
  bool repeats;
  bool drops;
  bool crashes;
  bool cuts;
  bool delays;
  bool own;
  bool settles;
};

/// Draws the commands of one schedule, each with a view of the cluster as it is then.
template <Scheduled S>
class Drawing {
 public:
  Drawing(base::Rng& rng, Play<S>& play) : rng_(rng), play_(play), habits_(rng) {}

  void step() {
    const std::uint64_t draw = rng_.below(1000);
    if (play_.cluster().in_flight().size() > 150) return play_.run(flush());
    if (draw < 480) return play_.run(move_message());
    if (draw < 640) return play_.run(sync());
    if (draw < 720) return play_.run(pass_time());
    if (draw < 940)
      return play_.run(
          fmt::format("ask {} {}", to_text(S::asked(rng_, play_.cluster())), S::request(rng_)));
    if (draw < 945 && habits_.delays) return play_.run(hold_or_release());
    if (draw < 958 && habits_.crashes) return play_.run(crash_or_restart());
    if (draw < 970 && habits_.cuts) return play_.run(cut_or_heal());
    if (draw < 985 && habits_.own) return play_.run(S::own(rng_, play_.cluster()));
    if (habits_.settles) play_.run("settle");
  }

 private:
  base::NodeId any_node() { return rng_.pick(play_.cluster().nodes()); }

  std::string flush() { return rng_.chance(0.5) ? "drop" : "settle"; }

  std::string move_message() {
    const auto& waiting = play_.cluster().in_flight();
    if (waiting.empty()) return sync();
    const std::size_t at =
        habits_.reorders && rng_.chance(0.3) ? rng_.below(waiting.size()) : std::size_t{0};
    const auto same_link = [&](const auto& other) {
      return other.from == waiting[at].from && other.to == waiting[at].to;
    };
    const auto place =
        1 + std::count_if(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(at),
                          same_link);
    const char* verb = "deliver";
    if (habits_.repeats && rng_.chance(0.05)) verb = "repeat";
    if (habits_.drops && rng_.chance(0.05)) verb = "drop";
    const std::string link =
        fmt::format("{} {} {}", verb, to_text(waiting[at].from), to_text(waiting[at].to));
    return rng_.chance(0.3) ? link : fmt::format("{} #{}", link, place);
  }

  std::string sync() {
    const std::string command = "sync " + to_text(any_node());
    return rng_.chance(0.3) ? command + " 1" : command;
  }

  std::string pass_time() {
    if (rng_.chance(0.3)) return fmt::format("wait {}ms", 10 * (1 + rng_.below(8)));
    return fmt::format("{} {}", rng_.chance(0.2) ? "timeout" : "beat", to_text(any_node()));
  }

  std::string crash_or_restart() {
    const base::NodeId node = any_node();
    if (!play_.cluster().is_up(node)) return "restart " + to_text(node);
    return fmt::format("{} {}", rng_.chance(0.2) ? "tear" : "crash", to_text(node));
  }

  /// What is held arrives behind all that was sent since.
  std::string hold_or_release() {
    if (rng_.chance(0.4)) return "release";
    return fmt::format("hold {} {}", to_text(any_node()), to_text(any_node()));
  }

  std::string cut_or_heal() {
    if (rng_.chance(0.4)) return "heal";
    if (rng_.chance(0.3)) return "isolate " + to_text(any_node());
    return fmt::format("{} {} {}", rng_.chance(0.5) ? "cut" : "cut-one-way", to_text(any_node()),
                       to_text(any_node()));
  }

  base::Rng& rng_;
  Play<S>& play_;
  Habits habits_;
};

/// Draws and plays one, until an invariant breaks or `steps` are done. `options` are added to the
/// cluster's: "bug=figure-8".
template <Scheduled S>
[[nodiscard]] Played play_random(base::Rng rng, unsigned steps, const std::string& options = "") {
  Play<S> play(S::cluster(rng) + (options.empty() ? "" : " " + options));
  Drawing<S> drawing(rng, play);
  for (unsigned step = 0; step < steps && !play.over(); ++step) drawing.step();
  return play.played();
}

/// Random schedules for RapidCheck's properties.
template <Scheduled S>
[[nodiscard]] rc::Gen<Schedule> schedules(unsigned steps) {
  return [steps](const rc::Random& random, int) {
    rc::Random drawn = random;
    return rc::shrinkable::shrinkRecur(play_random<S>(base::Rng(drawn.next()), steps).schedule,
                                       shrinks);
  };
}

/// Drops ever smaller parts of a schedule, each where `same` still holds without it. Goes on behind
/// what it dropped instead of from the start, as findLocalMin would: hundreds of commands become
/// tens in some thousand plays.
[[nodiscard]] Schedule without_needless(Schedule schedule,
                                        const std::function<bool(const Schedule&)>& same);

/// The smallest schedule found that breaks the same invariant.
template <Scheduled S>
[[nodiscard]] Played shrink(const Played& whole) {
  const auto same = [&](const Schedule& schedule) {
    return play<S>(schedule).invariant == whole.invariant;
  };
  const Played found = play<S>(without_needless(whole.schedule, same));
  return play<S>(
      rc::shrinkable::findLocalMin(rc::shrinkable::shrinkRecur(found.schedule, shrinks), same)
          .first);
}

/// The file for testdata/, with what comes of each command.
template <Scheduled S>
[[nodiscard]] std::string to_scenario_file(const Played& played) {
  std::string file = fmt::format("# {}.\n{}\n", played.what, played.schedule.cluster);
  for (const std::string& command : played.schedule.commands) file += command + "\n";
  typename S::Scenario scenario;
  const auto written =
      rewrite(file + "----\n", [&](const std::string& command) { return scenario.run(command); });
  ERIS_ASSERT(written.has_value(), "what was played can be played again");
  return *written;
}

}  // namespace eris::reference::testing
