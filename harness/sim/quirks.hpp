// Quirks: what is a little off in the world of one run, for the whole run.
//
// Why: a fault strikes at its time and is over. Much of what breaks systems is of another kind: a
// network that now and then repeats a message, a disk that sometimes takes half a second. Were all
// of it on in every run, each run would be the same stew, and what needs a quiet world would never
// come up; so each quirk is drawn on or off for the run, and how often it then acts is drawn too
// (the manner of FoundationDB's simulator; Zhou et al., SIGMOD 2021, section 4).
// Invariant: nothing here goes beyond what a correct system must bear: messages may be late,
// repeated, reordered or lost, disks slow, clients' connections broken, clocks apart by what the
// system allows for. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"

namespace eris::sim {

/// How often something happens, in parts per million; 0: never.
struct Odds {
  std::uint32_t ppm = 0;
  [[nodiscard]] bool strike(base::Rng& rng) const { return ppm != 0 && rng.below(1'000'000) < ppm; }
  bool operator==(const Odds&) const = default;
};

struct Quirks {
  // Of each message between nodes.
  Odds lost;
  Odds repeated;
  Odds reordered;
  /// How far a message that is repeated or reordered falls behind, by a quirk or by a fault.
  base::Duration overtaken_max = std::chrono::milliseconds(20);
  Odds stragglers;  ///< messages that take very long
  base::Duration straggler_delay_max{};

  // Of each request and answer between a client and a node: the connection breaks.
  Odds lost_requests;  ///< before the node has read the request
  Odds lost_answers;   ///< after the node has done what was asked

  Odds slow_syncs;  ///< of each sync
  base::Duration slow_sync_max{};

  Odds late_timers;  ///< of each timer: the process did not get its turn
  base::Duration timer_delay_max{};

  /// Clocks run fast or slow by up to this share of what the system allows for, in percent.
  unsigned drift_percent = 0;

  Odds awkward_ends;    ///< of each kill or power loss: it waits for a moment that hurts
  Odds restart_storms;  ///< of each start after one: the process comes and goes a few times
  base::Duration start_delay_max{};  ///< how long a process takes from its start to its first step

  /// The system's own settings are drawn, too (SimulatedSystem::tuned).
  bool tuned = false;

  bool operator==(const Quirks&) const = default;
};

/// Each on or off, and how often it acts.
[[nodiscard]] Quirks draw_quirks(base::Rng rng);

/// Those that are on: "messages lost 0.2 %, slow syncs 1 %"; "none".
[[nodiscard]] std::string to_text(const Quirks& quirks);

}  // namespace eris::sim
