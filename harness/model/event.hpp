// Event: one line of the journal. Operations, faults and nodes share one timeline.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"
#include "harness/model/operation.hpp"

namespace eris::model {

/// A client is about to send this request.
struct Invoked {
  Op op;
  bool operator==(const Invoked&) const = default;
};

/// A client has its answer, or gave up waiting for it.
struct Completed {
  Op op;  ///< repeats what was asked, so that a line can be read alone
  Outcome outcome;
  bool operator==(const Completed&) const = default;
};

enum class FaultPhase : std::uint8_t {
  decided,    ///< chosen and about to be applied; its inverse is thereby on record
  applied,    ///< in force; carries the evidence so far
  reverting,  ///< about to be undone
  reverted,   ///< undone; carries the final evidence
  failed,     ///< could not be applied or undone; the facts say why
  skipped,    ///< nothing to do: no leader known, target already dead, …
};

struct FaultEvent {
  std::uint64_t fault = 0;  ///< counts the injections of this run; joins the phases
  std::string name;         ///< of the fault type: "partition"
  std::string description;  ///< "isolate leader n3"
  FaultPhase phase = FaultPhase::decided;
  FaultAction action;
  Evidence evidence;
  bool operator==(const FaultEvent&) const = default;
};

/// Something that a node did or said.
struct NodeEvent {
  base::NodeId node;
  /// "started", "ready", "exited", "beacon" (protocol state; fields as the node printed them:
  /// term, role, commit, applied, …), "log" (a line worth showing).
  std::string what;
  Fields fields;
  bool operator==(const NodeEvent&) const = default;
};

/// A stage of the run: "setup", "load", "heal", "quiet", "final-reads", "end"; or a remark.
struct Note {
  std::string text;
  bool operator==(const Note&) const = default;
};

namespace note {
/// How the remark begins that says the cluster never served again after the final heal.
inline constexpr std::string_view did_not_recover = "the cluster did not serve again";
/// How the remark begins that says why the run was stopped before its time.
inline constexpr std::string_view fail_fast = "fail-fast: ";
/// How remarks begin that whoever followed the run leaves at its end.
inline constexpr std::string_view online = "online check: ";
/// The one among them that says what was found when there was nothing left to stop.
inline constexpr std::string_view online_violation = "online check: violation, found late: ";
}  // namespace note

struct Event {
  EventIndex index = 0;
  base::Instant time{};
  std::variant<Invoked, Completed, FaultEvent, NodeEvent, Note> what;
  bool operator==(const Event&) const = default;
};

[[nodiscard]] std::string_view to_text(FaultPhase phase);

}  // namespace eris::model
