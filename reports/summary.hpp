// Summary: what a report says, worked out once from a history and its judgement.
//
// Why: the four renderers (html, text, json, junit) must agree, so none of them computes anything;
// each turns this value, and operations looked up in the history, into its own form.
// Invariants: times are those of the run; spans have from <= to; faults ascend by number, findings
// keep the order of the checkers, buckets have equal widths and cover the run without gaps.
// Thread rule: pure functions, plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/value.hpp"
#include "harness/model/verdict.hpp"
#include "reports/report.hpp"

namespace eris::reports {

using base::Duration;
using base::Instant;

struct Span {
  Instant from{};
  Instant to{};
  [[nodiscard]] bool overlaps(const Span& other) const {
    return from <= other.to && other.from <= to;
  }
  bool operator==(const Span&) const = default;
};

/// How many operations ended in each status.
struct StatusCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  [[nodiscard]] std::uint64_t total() const { return ok + fail + info; }
  void add(model::Status status);
  bool operator==(const StatusCounts&) const = default;
};

/// From invocation to completion. Quantiles by nearest rank; all zero where count is 0.
struct Latencies {
  std::uint64_t count = 0;
  Duration p50{};
  Duration p95{};
  Duration p99{};
  Duration max{};
  bool operator==(const Latencies&) const = default;
};

/// By model::Status. For info: how long clients waited before they gave up.
using LatenciesByStatus = std::array<Latencies, 3>;

struct FunctionSummary {
  std::string function;
  StatusCounts counts;
  LatenciesByStatus latencies;
};

/// Operations that completed within one slice of the run.
struct Bucket {
  Instant from{};
  StatusCounts counts;
  LatenciesByStatus latencies;
};

/// A stage of the run, from its note to the next stage's.
struct Phase {
  std::string name;
  Span span;
};

/// A node's role as it told in its beacons, until it told another, died, or the run ended.
struct RoleSpan {
  std::string role;  ///< "leader", "follower", "candidate", "pre_candidate", …; "down" after exit
  std::optional<std::uint64_t> term;
  Span span;
};

/// A node said that it led this term.
struct LeaderSpan {
  base::NodeId node;
  std::optional<std::uint64_t> term;
  Span span;
};

/// Something that a node did: started, became ready, exited, logged.
struct Incident {
  Instant at{};
  base::NodeId node;
  std::string what;
  model::Fields fields;
};

struct NodeSummary {
  base::NodeId node;
  std::vector<RoleSpan> roles;  ///< ascending, not overlapping
  unsigned starts = 0;
  unsigned exits = 0;
  std::uint64_t beacons = 0;
  Duration led{};             ///< time during which it said that it led
  model::Fields last_beacon;  ///< empty when it never sent one
};

/// What became of one injection.
enum class FaultOutcome : std::uint8_t {
  took_effect,  ///< the evidence shows it
  no_evidence,  ///< applied, but nothing shows that it did anything
  failed,       ///< could not be applied or undone
  skipped,      ///< there was nothing to do
};
[[nodiscard]] std::string_view to_text(FaultOutcome outcome);

/// One injection, its phases joined.
struct FaultRecord {
  std::uint64_t number = 0;  ///< FaultEvent::fault
  std::string name;
  std::string description;
  std::string action;
  FaultOutcome outcome = FaultOutcome::no_evidence;
  std::optional<Instant> decided;
  std::optional<Instant> applied;
  std::optional<Instant> reverting;
  std::optional<Instant> reverted;
  Span span;                ///< in force: from applied (else decided) until reverted (else the end)
  model::Fields facts;      ///< the latest value of each fact of the evidence
  StatusCounts operations;  ///< that overlapped `span`
  Duration longest_pause{};  ///< the longest time within `span` in which no operation succeeded
  std::vector<std::size_t> leaders;  ///< of Summary::leaders, that overlap `span`
};

/// A fault beside a finding.
struct FaultOverlap {
  std::size_t fault = 0;   ///< index into Summary::faults
  bool at_moment = false;  ///< in force when the violation showed, not only earlier in the witness
};

/// A finding with what went on around it.
struct FindingRecord {
  std::string checker;
  model::Finding finding;
  Span span;    ///< of the whole witness
  Span moment;  ///< of its last step: when the violation showed
  std::vector<FaultOverlap> faults;
  std::vector<std::size_t> leaders;  ///< of Summary::leaders, at the moment
  std::string context;               ///< those in one sentence; empty when nothing is known
  /// The rule of the protocol that was broken before clients saw this: "n1 and n4 both led term 7".
  /// Empty where none is known, and for broken rules themselves.
  std::string cause;

  /// A broken rule, which nodes tell of and no operation shows.
  [[nodiscard]] bool is_of_protocol() const { return finding.at && finding.witness.empty(); }
};

/// Of one moment, in this order: what struck, what it did to whom.
enum class StoryKind : std::uint8_t { fault, cluster, client, rule };
[[nodiscard]] std::string_view to_text(StoryKind kind);

/// One thing that happened on the way to a finding.
struct StoryStep {
  Instant at{};
  StoryKind kind = StoryKind::cluster;
  std::string text;  ///< a sentence: "n3 leads term 2: log to 48, committed to 40; n1 down."
};

struct Summary {
  model::Verdict verdict = model::Verdict::unknown;
  std::string sentence;   ///< the verdict in one sentence
  std::string next_step;  ///< what to do now; empty when valid
  Instant end{};
  StatusCounts counts;
  std::size_t keys = 0;       ///< keys that operations used, the nil key not counted
  std::size_t processes = 0;  ///< logical processes that invoked something
  std::vector<FunctionSummary> functions;
  Duration bucket_width{};
  std::vector<Bucket> buckets;
  std::vector<Phase> phases;
  std::vector<Incident> incidents;
  std::vector<NodeSummary> nodes;
  std::vector<LeaderSpan> leaders;  ///< ascending by beginning
  std::vector<FaultRecord> faults;
  std::vector<FindingRecord> findings;
  /// How it came to the first finding that clients saw, else to the first broken rule; ascending.
  std::vector<StoryStep> story;
  std::vector<std::string> planted;  ///< bugs that the system was told to have: "raft/figure-8"
  std::vector<std::string> remarks;  ///< what a reader of this report should know first

  [[nodiscard]] std::size_t faults_in_effect() const;
};

[[nodiscard]] Summary summarize(const ReportInput& input);

// The parts of summarize(), each in a file of its own.

void summarize_operations(const model::History& history, Summary& summary);
void summarize_nodes(const model::History& history, Summary& summary);
/// Needs nodes and operations.
void summarize_faults(const model::History& history, Summary& summary);
/// Needs faults.
void summarize_findings(const ReportInput& input, Summary& summary);
/// Needs faults and findings.
void summarize_story(const ReportInput& input, Summary& summary);
/// Needs all of the above: the sentence, the next step and the remarks.
void summarize_verdict(const ReportInput& input, Summary& summary);

}  // namespace eris::reports
