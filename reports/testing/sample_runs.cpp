#include "reports/testing/sample_runs.hpp"

#include "reports/testing/scribe.hpp"

namespace eris::reports::testing {

namespace {

using namespace std::chrono_literals;
using model::Fields;
using model::Status;
using model::Value;

/// What all the small runs have in common: three nodes that come up, n1 leads term 1.
void begin(Scribe& scribe) {
  scribe.note(0ms, "setup");
  for (std::uint32_t node = 1; node <= 3; ++node) {
    scribe.node(2ms, node, "started", {{"pid", Value(4000 + static_cast<int>(node))}});
    scribe.node(40ms, node, "ready", {});
  }
  scribe.beacon(60ms, 1, "leader", 1);
  scribe.beacon(61ms, 2, "follower", 1);
  scribe.beacon(62ms, 3, "follower", 1);
  scribe.note(100ms, "load");
}

void end(Scribe& scribe) {
  scribe.note(2'500ms, "heal");
  scribe.note(2'510ms, "quiet");
  scribe.note(2'800ms, "final-reads");
  scribe.note(2'950ms, "end");
}

model::FaultAction isolate_n1() {
  using base::NodeId;
  return model::Cut{{{NodeId(1), NodeId(2)},
                     {NodeId(2), NodeId(1)},
                     {NodeId(1), NodeId(3)},
                     {NodeId(3), NodeId(1)}}};
}

/// Fault #1: n1, leader of term 1, is cut off; n2 takes over with term 2.
void partition_leader(Scribe& scribe) {
  scribe.fault({.number = 1,
                .name = "partition",
                .description = "isolate leader n1",
                .action = isolate_n1(),
                .decided = 500ms,
                .applied = 502ms,
                .reverting = 1'500ms,
                .reverted = 1'503ms,
                .facts = {{"packets dropped", Value(34)}}});
  scribe.beacon(720ms, 2, "candidate", 2);
  scribe.beacon(735ms, 2, "leader", 2);
  scribe.beacon(736ms, 3, "follower", 2);
  scribe.beacon(1'520ms, 1, "follower", 2);
}

model::CheckResult linearizable(int operations, int keys) {
  return {.checker = "linearizability",
          .verdict = model::Verdict::valid,
          .reason = "every key has a linearization",
          .findings = {},
          .statistics = {{"consistency", Value("linearizable")},
                         {"operations", Value(operations)},
                         {"keys", Value(keys)}}};
}

model::CheckResult assumptions_hold() {
  return {.checker = "assumptions",
          .verdict = model::Verdict::valid,
          .reason = "every kind of operation succeeded and a fault took effect",
          .findings = {},
          .statistics = {}};
}

/// Clients that write and read two keys, with a failed and an unknown operation among them.
void ordinary_load(Scribe& scribe) {
  scribe.write(120ms, 124ms, 0, "x", 1);
  scribe.read(125ms, 127ms, 1, "x", 1);
  scribe.write(140ms, 145ms, 1, "y", 2);
  scribe.cas(200ms, 204ms, 0, "x", 1, 3, Status::ok);
  scribe.cas(210ms, 213ms, 1, "x", 1, 4, Status::fail, "comparison failed");
  scribe.write(520ms, 1'520ms, 0, "x", 5, Status::info, "timed out after 1 s");
  scribe.read(760ms, 764ms, 1, "x", 3);
  scribe.write(1'600ms, 1'605ms, 2, "y", 6);
  scribe.read(2'820ms, 2'823ms, 1, "x", 5);
  scribe.read(2'830ms, 2'832ms, 2, "y", 6);
}

void kill_n3(Scribe& scribe) {
  scribe.fault({.number = 2,
                .name = "kill",
                .description = "kill n3",
                .action = model::Kill{{base::NodeId(3)}},
                .decided = 1'800ms,
                .applied = 1'801ms,
                .reverting = 2'300ms,
                .reverted = 2'340ms,
                .facts = {{"n3 state", Value("dead")}, {"n3 signal", Value(9)}}});
  scribe.node(1'801ms, 3, "exited", {{"signal", Value(9)}});
  scribe.node(2'305ms, 3, "started", {{"pid", Value(4010)}});
  scribe.beacon(2'345ms, 3, "follower", 2);
}

}  // namespace

SampleRun valid_run() {
  Scribe scribe("steady");
  begin(scribe);
  ordinary_load(scribe);
  partition_leader(scribe);
  kill_n3(scribe);
  end(scribe);
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  run.judgement = model::judge({assumptions_hold(), linearizable(10, 2)});
  return run;
}

SampleRun stale_read_run() {
  Scribe scribe("stale-read");
  begin(scribe);
  const std::size_t first = scribe.write(300ms, 304ms, 0, "x", 1);
  scribe.read(320ms, 322ms, 1, "x", 1);
  partition_leader(scribe);
  const std::size_t second = scribe.write(800ms, 806ms, 2, "x", 2);
  scribe.write(810ms, 1'810ms, 0, "x", 3, Status::info, "timed out after 1 s");
  const std::size_t stale = scribe.read(820ms, 821ms, 1, "x", 1);
  scribe.read(1'700ms, 1'703ms, 2, "x", 2);
  end(scribe);
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  model::CheckResult result = linearizable(6, 1);
  result.verdict = model::Verdict::invalid;
  result.reason = "key x has no linearization";
  result.findings.push_back(
      {.property = "linearizable",
       .anomaly = "stale read",
       .key = Value("x"),
       .sentence = "process 1 read 1 from x although the write of 2 had been acknowledged",
       .explanation = {"process 2 wrote 2 and had its answer at 0.806 s",
                       "process 1 began to read at 0.820 s, after that, and was told 1",
                       "no order of these operations explains it"},
       .witness = {{first, "wrote 1"},
                   {second, "wrote 2, acknowledged"},
                   {stale, "read 1 although 2 was there"}},
       .searched_operations = 6});
  run.judgement = model::judge({assumptions_hold(), std::move(result)});
  return run;
}

SampleRun circular_run() {
  Scribe scribe("circle");
  begin(scribe);
  const std::size_t first = scribe.write(300ms, 310ms, 0, "x", 1);
  const std::size_t second = scribe.write(320ms, 330ms, 1, "x", 2);
  const std::size_t third = scribe.read(340ms, 350ms, 2, "x", 1);
  end(scribe);
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  model::CheckResult result = linearizable(3, 1);
  result.verdict = model::Verdict::invalid;
  result.reason = "transactions depend on each other in a circle";
  result.findings.push_back(
      {.property = "strict serializable",
       .anomaly = "G-single-realtime",
       .key = Value("x"),
       .sentence = "T3 read x as 1 before T2 wrote 2 to it, yet T2 had ended before T3 began",
       .witness = {{first, "T1: wrote 1"}, {second, "T2: wrote 2"}, {third, "T3: read 1"}},
       .arrows = {{0, 2, "wr", "wrote 1 to x before T3 read it"},
                  {2, 1, "rw", "read x as 1 before T2 wrote 2 to it"},
                  {1, 0, "ww", "wrote 2 to x before T1 wrote 1"}},
       .searched_operations = 3});
  run.judgement = model::judge({assumptions_hold(), std::move(result)});
  return run;
}

SampleRun split_brain_run() {
  SampleRun run = stale_read_run();
  model::CheckResult rules{.checker = "invariants",
                           .verdict = model::Verdict::invalid,
                           .reason = "broken: election-safety",
                           .findings = {},
                           .statistics = {{"beacons", Value(7)}, {"election-safety", Value(1)}}};
  rules.findings.push_back({.property = "protocol-safe",
                            .anomaly = "election-safety",
                            .sentence = "n1 and n2 both led term 1",
                            .explanation = {"Noticed at 0.735 s."},
                            .at = 735ms,
                            .nodes = {base::NodeId(1), base::NodeId(2)}});
  run.judgement.results.push_back(std::move(rules));
  run.judgement = model::judge(std::move(run.judgement.results));
  return run;
}

SampleRun unknown_run() {
  SampleRun run = valid_run();
  model::CheckResult result = linearizable(10, 2);
  result.verdict = model::Verdict::unknown;
  result.reason =
      "the search for key x used up its 60 s at the 14 operations open at 1.520 s; 8 of 10 "
      "operations before it are proved";
  run.judgement = model::judge({assumptions_hold(), std::move(result)});
  return run;
}

SampleRun vacuous_run() {
  Scribe scribe("nothing-happened");
  begin(scribe);
  scribe.write(120ms, 121ms, 0, "x", 1, Status::fail, "no leader");
  scribe.read(130ms, 131ms, 1, "x", Value(), Status::fail, "no leader");
  scribe.skipped_fault(700ms, 1, "partition", "no leader is known");
  end(scribe);
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  model::CheckResult assumptions = assumptions_hold();
  assumptions.verdict = model::Verdict::vacuous;
  assumptions.reason = "no 'write' succeeded, so nothing was tested";
  run.judgement = model::judge({std::move(assumptions), linearizable(2, 1)});
  return run;
}

SampleRun environment_run() {
  Scribe scribe("no-cluster");
  scribe.note(0ms, "setup");
  scribe.node(3ms, 1, "started", {{"pid", Value(4001)}});
  scribe.node(9ms, 1, "exited", {{"status", Value(1)}});
  SampleRun run{.history = scribe.finish_torn(), .judgement = {}};
  run.judgement = model::judge({{.checker = "run",
                                 .verdict = model::Verdict::environment,
                                 .reason = "n1 exited with status 1 before it was ready",
                                 .findings = {},
                                 .statistics = {}}});
  return run;
}

SampleRun hostile_run() {
  const std::string image = "<img src=x onerror=\"window.pwned=1\">";
  const std::string script = "</script><script>window.pwned=2</script><!--";
  Scribe scribe("{{data}}" + image);
  begin(scribe);
  const std::size_t first = scribe.write(300ms, 304ms, 0, image, Value(script));
  const std::string bytes = "line\nbreak \x01 \xff\xfe ]]> & 'quote'";
  scribe.read(320ms, 322ms, 1, image, Value(bytes));
  const std::size_t second =
      scribe.write(330ms, 400ms, 2, image, Value(image), Status::fail, script);
  scribe.fault({.number = 1,
                .name = "partition",
                .description = image,
                .action = isolate_n1(),
                .decided = 250ms,
                .applied = 255ms,
                .reverting = 900ms,
                .reverted = 905ms,
                .facts = {{script, Value(image)}}});
  scribe.node(500ms, 2, "log", {{image, Value(script)}});
  scribe.beacon(600ms, 2, image, 2);
  end(scribe);
  SampleRun run{.history = scribe.finish(), .judgement = {}};
  model::CheckResult result = linearizable(3, 1);
  result.checker = image;
  result.verdict = model::Verdict::invalid;
  result.reason = script;
  result.findings.push_back({.property = image,
                             .anomaly = image,
                             .key = Value(image),
                             .sentence = script,
                             .explanation = {image, script},
                             .witness = {{first, image}, {second, script}},
                             .searched_operations = 3});
  run.judgement = model::judge({std::move(result)});
  run.reproduce = "eris run '" + script + "'\n" + image;
  return run;
}

}  // namespace eris::reports::testing
