// Every checker over a grid of histories that are right by construction, or wrong in one planted
// place. Writes Markdown to stdout: CPU time, the check's peak memory beyond the history, verdict,
// witness, and whether `eris verify`'s code accepts the certificate.
//
//   grid [targets|registers|objects|transactions|weak|growth|late]...     all of them without
//   arguments
//
// ci/bench/table puts the output into docs/benchmarks.md, section by section.
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/weak_history.hpp"
#include "checkers/transactions/testing/random_transactions.hpp"
#include "checkers/transactions/transactions.hpp"
#include "checkers/weak/weak.hpp"
#include "ci/bench/cell.hpp"
#include "ci/bench/late_violations.hpp"
#include "harness/formats/formats.hpp"

namespace {

using namespace eris;
using bench::Cell;
using bench::Measured;
using checkers::testing::LongHistoryOptions;
using checkers::testing::LongObjectOptions;

bool failed = false;

// ---- cells

std::string percent(double share) {
  return fmt::format("{} %", share * 100);
}

std::string place(double violation_at) {
  if (violation_at < 0) return "none";
  return violation_at < 0.3 ? "early" : violation_at < 0.7 ? "middle" : "late";
}

std::unique_ptr<checkers::Checker> linearizability(const std::string& object) {
  return checkers::linearizability::make_linearizability_checker(object);
}

Cell register_cell(LongHistoryOptions options) {
  options.violation_of_a_rare_value = options.values > 0 && options.violation_at >= 0;
  return {.history = fmt::format(
              "{}{} operations, {}, {} clients{}, {}, unknown {}, violation {}",
              options.cas > 0 ? "compare-and-set, " : "", options.operations,
              options.keys == 1 ? "1 key" : fmt::format("{} keys", options.keys), options.clients,
              options.keys == 1      ? ""
              : options.clients_roam ? " in all"
                                     : " each",
              options.values == 0 ? "unique values" : fmt::format("{} values", options.values),
              percent(options.unknown_outcomes), place(options.violation_at)),
          .make = [options] { return checkers::testing::long_history(options); },
          .checker = [] { return linearizability("register"); },
          .object = "register",
          .expected = options.violation_at < 0 ? "valid" : "invalid"};
}

Cell object_cell(const LongObjectOptions& options) {
  return {.history = fmt::format("{}, {} operations, {} clients, unknown {}, violation {}",
                                 options.object, options.operations, options.clients,
                                 percent(options.unknown_outcomes), place(options.violation_at)),
          .make = [options] { return checkers::testing::long_object_history(options); },
          .checker = [object = options.object] { return linearizability(object); },
          .object = options.object,
          .expected = options.violation_at < 0 ? "valid" : "invalid"};
}

Cell transactions_cell(const std::string& object, std::size_t count, double unknown, double stale) {
  using namespace checkers::transactions;
  const testing::RandomTransactionsOptions options{
      .flavour = object == "list-append" ? Flavour::list_append : Flavour::rw_register,
      .transactions = count,
      .clients = 10,
      .keys = 10,
      .length_max = 4,
      .unknown_outcomes = unknown,
      .keys_rotate_after = 32,
      .stale_read_at = stale};
  return {
      .history = fmt::format("{}, {} transactions, 10 clients, unknown {}, stale read {}", object,
                             count, percent(unknown), place(stale)),
      .make =
          [options] {
            base::Rng rng(1);
            return testing::random_transactions(options, rng);
          },
      .checker = [object] { return make_transaction_checker(Model::strict_serializable, object); },
      .expected = stale < 0 ? "valid" : "invalid"};
}

Cell weak_cell(checkers::weak::Model model, checkers::testing::Delivery delivery,
               std::size_t operations) {
  const std::string name(checkers::weak::type_of(model).name);
  return {.history = fmt::format("{}, {} operations, 50 keys, 10 clients", name, operations),
          .make =
              [=] {
                base::Rng rng(7);
                return checkers::testing::weak_history(
                    {.delivery = delivery,
                     .last_writer_wins = model == checkers::weak::Model::causal_convergent,
                     .operations = operations,
                     .clients = 10,
                     .keys = 50,
                     .cas = 0.05,
                     .delivering = 0.9},
                    rng);
              },
          .checker = [=] { return checkers::weak::make_model_checker(model, "register"); },
          .expected = "valid"};
}

/// Reads the history from a file as part of the check.
class FromFile : public checkers::Checker {
 public:
  explicit FromFile(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] std::string name() const override { return "from file to verdict"; }
  [[nodiscard]] model::CheckResult check(const model::History& /*nothing*/,
                                         const checkers::CheckContext& context) const override {
    const auto imported = formats::read(path_, {.keyed = true, .object = "key-value"});
    if (!imported) return {.reason = to_text(imported.error())};
    return linearizability("key-value")->check(imported->history, context);
  }

 private:
  std::filesystem::path path_;
};

Cell file_cell(const std::filesystem::path& path) {
  return {.history = "key-value, 1,000 keys, 1,000,000 operations, from an EDN file to the verdict",
          .make =
              [path] {
                model::History history = checkers::testing::long_history(
                    {.operations = 1'000'000, .clients = 10, .keys = 1'000});
                // The clients of each key are others.
                for (model::Operation& operation : history.operations)
                  operation.process =
                      base::ProcessId(operation.process.value + 10 * std::uint64_t{operation.key});
                std::FILE* file = std::fopen(path.c_str(), "w");
                const auto sink = [&](std::string_view text) {
                  std::fwrite(text.data(), 1, text.size(), file);
                };
                if (file == nullptr || !formats::write(history, formats::Format::edn, sink))
                  std::abort();
                std::fclose(file);
                return model::History{};
              },
          .checker = [path] { return std::make_unique<FromFile>(path); },
          .expected = "valid"};
}

// ---- the table

void heading(std::string_view title) {
  fmt::print(
      "\n### {}\n\n| history | CPU | memory beyond the history | verdict | witness | "
      "certificate |\n|---|---|---|---|---|---|\n",
      title);
}

std::string seconds(double value) {
  return value < 0.1 ? fmt::format("{:.1f} ms", value * 1000) : fmt::format("{:.2f} s", value);
}

Measured show(const Cell& cell, const std::string& target = "") {
  const Measured measured = bench::measure(cell);
  std::string verdict = measured.verdict;
  if (!cell.expected.empty() && verdict != cell.expected) {
    failed = failed || (verdict != "unknown");
    fmt::print(stderr, "grid: {}: {}\n", cell.history, measured.reason);
    verdict = fmt::format("**{}, expected {}**", verdict, cell.expected);
  }
  fmt::print(
      "| {}{} | {} | {:.0f} MB | {} | {} | {} |\n", cell.history, target, seconds(measured.seconds),
      std::max(0.0, measured.megabytes), verdict,
      measured.witness == 0 ? "" : fmt::format("{} ({})", measured.witness, measured.anomaly),
      measured.certificate);
  std::fflush(stdout);
  return measured;
}

struct Target {
  double seconds_max = 0;
  double megabytes_max = 0;         ///< beyond the history; 0: no target
  double megabytes_in_all_max = 0;  ///< the history included
};

/// Says whether the target was met, beside the figure.
void target(const Cell& cell, const Target& wanted) {
  const Measured measured = bench::measure(cell);
  const bool right = measured.verdict == cell.expected;
  const double all = measured.megabytes + measured.history_megabytes;
  const bool fast = measured.seconds < wanted.seconds_max;
  const bool small = wanted.megabytes_max == 0 || measured.megabytes < wanted.megabytes_max;
  const bool small_in_all = wanted.megabytes_in_all_max == 0 || all < wanted.megabytes_in_all_max;
  std::string limits = "under " + seconds(wanted.seconds_max);
  if (wanted.megabytes_max > 0) limits += fmt::format(", {:.0f} MB", wanted.megabytes_max);
  if (wanted.megabytes_in_all_max > 0)
    limits += fmt::format(", {:.0f} MB in all", wanted.megabytes_in_all_max);
  fmt::print("| {} | {} | {} | {:.0f} MB + {:.0f} MB | {}{} | {} |\n", cell.history, limits,
             seconds(measured.seconds), measured.history_megabytes,
             std::max(0.0, measured.megabytes), measured.verdict,
             measured.witness == 0 ? "" : fmt::format(", witness of {}", measured.witness),
             right && fast && small && small_in_all ? "met" : "**not met**");
  failed = failed || (!right && measured.verdict != "unknown");
  if (!right) fmt::print(stderr, "grid: {}: {}\n", cell.history, measured.reason);
  std::fflush(stdout);
}

LongHistoryOptions compare_and_set(std::size_t clients, double unknown, double violation_at) {
  return {.operations = 20'000,
          .clients = clients,
          .values = 5,
          .reads = 0.4,
          .cas = 0.3,
          .unknown_outcomes = unknown,
          .violation_at = violation_at};
}

void targets() {
  fmt::print(
      "\n### Targets\n\n| history | target | CPU | memory: history + check | verdict | |\n"
      "|---|---|---|---|---|---|\n");
  for (const bool roam : {true, false})
    target(register_cell(
               {.operations = 1'000'000, .clients = 10, .clients_roam = roam, .keys = 1'000}),
           {.seconds_max = 0.1, .megabytes_max = 100});
  target(register_cell({.operations = 1'000, .clients = 20}), {.seconds_max = 0.2});
  for (const std::size_t clients : {25, 50, 100})
    target(register_cell({.operations = 10'000, .clients = clients}), {.seconds_max = 0.2});
  target(register_cell({.operations = 1'000'000, .clients = 100}), {.seconds_max = 0.2});
  target(register_cell(
             {.operations = 10'000, .clients = 5, .unknown_outcomes = 0.01, .violation_at = 0.9}),
         {.seconds_max = 0.01});
  target(register_cell(compare_and_set(10, 0, -1)), {.seconds_max = 0.03});
  for (const std::size_t clients : {30, 60})
    for (const double unknown : {0.0, 0.01, 0.05})
      for (const double violation : {-1.0, 0.95})
        target(register_cell(compare_and_set(clients, unknown, violation)), {.seconds_max = 1});
  for (const double unknown : {0.0, 0.01})
    target(object_cell({.operations = 1'000'000, .unknown_outcomes = unknown}),
           {.seconds_max = 0.5});
  target(transactions_cell("list-append", 1'000'000, 0, -1),
         {.seconds_max = 3, .megabytes_in_all_max = 1024});
  target(transactions_cell("list-append", 1'000'000, 0, 0.9),
         {.seconds_max = 3, .megabytes_in_all_max = 1024});
  const auto path = std::filesystem::temp_directory_path() / fmt::format("grid-{}.edn", getpid());
  target(file_cell(path), {.seconds_max = 2});
  std::filesystem::remove(path);
}

void registers() {
  heading("Registers");
  for (const std::size_t operations : {100'000, 1'000'000})
    for (const std::size_t keys : {1, 1'000})
      for (const std::size_t clients : {10, 100})
        for (const double unknown : {0.0, 0.01, 0.05})
          show(register_cell({.operations = operations,
                              .clients = clients,
                              .keys = keys,
                              .unknown_outcomes = unknown}));
  for (const double unknown : {0.0, 0.01, 0.05})
    for (const double violation : {0.1, 0.5, 0.95})
      show(register_cell({.operations = 1'000'000,
                          .clients = 25,
                          .unknown_outcomes = unknown,
                          .violation_at = violation}));
  for (const std::size_t clients : {5, 10, 30, 60})
    for (const double unknown : {0.0, 0.01, 0.05})
      for (const double violation : {-1.0, 0.1, 0.5, 0.95})
        show(register_cell(compare_and_set(clients, unknown, violation)));
}

void objects() {
  heading("Other objects, one key");
  for (const char* object : {"queue", "stack", "priority-queue", "set", "grow-only-set", "list",
                             "counter", "fetch-and-add", "mutex", "fenced-lock", "unique-ids"}) {
    for (const std::size_t operations : {10'000, 1'000'000})
      for (const double unknown : {0.0, 0.01})
        show(
            object_cell({.object = object, .operations = operations, .unknown_outcomes = unknown}));
    for (const double violation : {0.1, 0.5, 0.95})
      show(object_cell({.object = object,
                        .operations = 100'000,
                        .unknown_outcomes = 0.01,
                        .violation_at = violation}));
  }
}

void transactions() {
  heading("Transactions, strict serializable");
  for (const char* object : {"list-append", "rw-register"})
    for (const std::size_t count : {10'000, 100'000})
      for (const double unknown : {0.0, 0.01})
        for (const double stale : {-1.0, 0.1, 0.9})
          show(transactions_cell(object, count, unknown, stale));
}

void weak() {
  using checkers::testing::Delivery;
  using checkers::weak::Model;
  heading("Weaker models");
  for (const std::size_t operations : {10'000, 100'000}) {
    show(weak_cell(Model::sequential, Delivery::log, operations));
    show(weak_cell(Model::causal_memory, Delivery::causal, operations));
    show(weak_cell(Model::causal_convergent, Delivery::causal, operations));
    show(weak_cell(Model::causal, Delivery::causal, operations));
    show(weak_cell(Model::pram, Delivery::fifo, operations));
    show(weak_cell(Model::writes_follow_reads, Delivery::causal, operations));
    show(weak_cell(Model::monotonic_writes, Delivery::fifo, operations));
    show(weak_cell(Model::monotonic_reads, Delivery::fifo, operations));
    show(weak_cell(Model::read_your_writes, Delivery::fifo, operations));
  }
}

void grow(const Cell& cell) {
  const Measured measured = bench::measure(cell);
  failed = failed || measured.verdict != cell.expected;
  fmt::print("| {} | {} | {:.0f} MB | {} | {} |\n", cell.history, seconds(measured.seconds),
             std::max(0.0, measured.megabytes),
             measured.search_kilobytes < 0 ? "no search"
                                           : fmt::format("{:.0f} kB", measured.search_kilobytes),
             measured.verdict);
  std::fflush(stdout);
}

/// The same history, longer and longer: what the check holds beside the history prepared for it is
/// bounded by how many operations are open.
void growth() {
  fmt::print(
      "\n### Growing histories\n\n| history | CPU | memory beyond the history | of it the search "
      "itself | verdict |\n|---|---|---|---|---|\n");
  for (const double unknown : {0.0, 0.01})
    for (const std::size_t clients : {10, 25})
      for (const std::size_t operations : {10'000, 100'000, 1'000'000}) {
        LongHistoryOptions searched = compare_and_set(clients, unknown, -1);
        searched.operations = operations;
        grow(register_cell(searched));
      }
  for (const std::size_t operations : {10'000, 100'000, 1'000'000})
    grow(register_cell({.operations = operations, .clients = 100}));
  for (const std::size_t operations : {10'000, 100'000, 1'000'000})
    grow(object_cell({.operations = operations, .unknown_outcomes = 0.01}));
}

void late_violation(const bench::LateViolationsOptions& options) {
  const bench::LateViolations made = bench::plant_late(options);
  const bool few = options.values > 0;
  const std::size_t count = made.witnesses.size();
  fmt::print("| {}{}{} | {} of {} | {} / {} | {} of {} | {} | {} | {} | {} | {} |\n",
             options.object, few ? fmt::format(", {} values", options.values) : "",
             options.cas > 0 ? ", compare-and-set" : "", made.found, options.histories,
             count == 0 ? 0 : made.witnesses[count / 2], count == 0 ? 0 : made.witnesses.back(),
             made.accepted, made.found, made.refused, made.claims_nothing, made.still_true,
             made.undecided,
             made.wrong.empty() ? "none" : fmt::format("**{}**", made.wrong.size()));
  for (const std::string& wrong : made.wrong) fmt::print(stderr, "grid: {}\n", wrong);
  failed = failed || !made.wrong.empty() || made.found == 0;
  std::fflush(stdout);
}

void late() {
  fmt::print(
      "\n### Violations late in a long history\n\n20 histories of 20,000 operations each, 10 "
      "clients, 1 % unknown outcomes, one wrong answer from 95 % on; each certificate changed 10 "
      "times. A check that has not ended after 2 s counts as not found, or not decided.\n\n| "
      "history "
      "| found | witness: median / largest | certificate accepted | changed: refused | claims "
      "nothing | still true | not decided | accepted though false |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  late_violation({.object = "register"});
  late_violation({.object = "register", .cas = 0.2});
  late_violation({.object = "register", .values = 5, .cas = 0.3});
  late_violation({.object = "key-value"});
  for (const char* object : {"queue", "stack", "priority-queue", "set", "grow-only-set", "list",
                             "counter", "fetch-and-add", "mutex", "fenced-lock", "unique-ids"})
    late_violation({.object = object});
}

}  // namespace

int main(int argc, char** argv) {
  struct Section {
    std::string_view name;
    void (*run)();
  };
  const Section sections[] = {{"targets", targets}, {"registers", registers},
                              {"objects", objects}, {"transactions", transactions},
                              {"weak", weak},       {"growth", growth},
                              {"late", late}};
  for (const Section& section : sections) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || section.name == argv[i];
    if (wanted) section.run();
  }
  if (failed) fmt::print(stderr, "grid: a verdict was wrong\n");
  return failed ? 1 : 0;
}
