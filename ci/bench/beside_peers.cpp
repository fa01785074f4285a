// Eris and its peers on the same histories, in one run. Writes a Markdown table to stdout.
//
//   beside_peers SECONDS NAME=PROGRAM...
//
// A peer is a program that reads a history from a table and prints verdict, processor seconds and
// peak megabytes of the check alone (see ci/bench/peers). SECONDS is what each check gets, on the
// clock. ci/bench/beside-peers builds the peers and runs this.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "ci/bench/cell.hpp"

namespace {

using namespace eris;
using checkers::testing::LongHistoryOptions;
using checkers::testing::LongObjectOptions;

struct Peer {
  std::string name;
  std::string program;
};

struct Row {
  std::string words;
  std::string object;
  model::History history;
};

struct Answer {
  std::string verdict;
  double seconds = 0;
  double megabytes = 0;
};

// ---- what is compared

Row register_row(const std::string& words, const LongHistoryOptions& options) {
  return {words, "register", checkers::testing::long_history(options)};
}

Row queue_row(const std::string& words, const LongObjectOptions& options) {
  return {words, "queue", checkers::testing::long_object_history(options)};
}

std::vector<Row> rows() {
  const auto cas = [](std::size_t clients, double unknown) {
    return LongHistoryOptions{.operations = 20'000,
                              .clients = clients,
                              .values = 5,
                              .reads = 0.4,
                              .cas = 0.3,
                              .unknown_outcomes = unknown};
  };
  std::vector<Row> all;
  all.push_back(
      register_row("register, 1,000 keys, 10 clients in all, unique values, 1,000,000 operations",
                   {.operations = 1'000'000, .clients = 10, .clients_roam = true, .keys = 1'000}));
  all.push_back(
      register_row("register, 1,000 keys, 10 clients each, unique values, 1,000,000 operations",
                   {.operations = 1'000'000, .clients = 10, .keys = 1'000}));
  all.push_back(register_row("register, one key, 20 clients, unique values, 1,000 operations",
                             {.operations = 1'000, .clients = 20}));
  all.push_back(register_row("register, one key, 25 clients, unique values, 10,000 operations",
                             {.operations = 10'000, .clients = 25}));
  all.push_back(register_row("register, one key, 100 clients, unique values, 10,000 operations",
                             {.operations = 10'000, .clients = 100}));
  all.push_back(register_row(
      "register, one key, 5 clients, unique values, 10,000 operations, 1 % unknown, a stale read",
      {.operations = 10'000, .clients = 5, .unknown_outcomes = 0.01, .violation_at = 0.9}));
  all.push_back(register_row("compare-and-set, one key, five values, 10 clients, 20,000 operations",
                             cas(10, 0)));
  all.push_back(register_row("compare-and-set, one key, five values, 30 clients, 20,000 operations",
                             cas(30, 0)));
  all.push_back(register_row(
      "compare-and-set, one key, five values, 30 clients, 20,000 operations, 1 % unknown",
      cas(30, 0.01)));
  all.push_back(queue_row("queue, 5 clients, 1,000 operations", {.clients = 5}));
  all.push_back(queue_row("queue, 25 clients, 1,000 operations", {}));
  all.push_back(queue_row("queue, 25 clients, 10,000 operations", {.operations = 10'000}));
  return all;
}

// ---- the table that peers read

std::string number(const model::Value& value) {
  return value.is_integer() ? fmt::format("{}", value.integer()) : "-";
}

std::string line_of(const model::Operation& operation) {
  const bool cas = operation.function == model::function::cas;
  const model::Value& first = cas ? operation.argument.list()[0] : operation.argument;
  return fmt::format(
      "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", operation.key, operation.function.view(), number(first),
      cas ? number(operation.argument.list()[1]) : "-", number(operation.result), operation.invoked,
      operation.completed == model::never ? "-" : fmt::format("{}", operation.completed),
      operation.status == model::Status::ok     ? "ok"
      : operation.status == model::Status::fail ? "fail"
                                                : "info");
}

/// A failed write never took effect and a read of unknown outcome says nothing: no peer need know.
bool says_something(const model::Operation& operation) {
  if (operation.status == model::Status::fail) return operation.function == model::function::cas;
  return operation.status == model::Status::ok || operation.function != model::function::read;
}

void write_table(const model::History& history, const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) std::abort();
  for (const model::Operation& operation : history.operations)
    if (says_something(operation)) std::fputs(line_of(operation).c_str(), file);
  std::fclose(file);
}

// ---- who answers

Answer ask(const Peer& peer, const std::filesystem::path& table, int seconds) {
  // The peer's own limit is asked for; one that does not keep it is ended.
  const std::string command =
      fmt::format("timeout {} '{}' '{}' {}", 2 * seconds, peer.program, table.string(), seconds);
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {.verdict = "did not start"};
  char verdict[32] = "no answer";
  Answer answer;
  if (std::fscanf(pipe, "%31s %lf %lf", verdict, &answer.seconds, &answer.megabytes) != 3)
    std::snprintf(verdict, sizeof verdict, "no answer");
  pclose(pipe);
  answer.verdict = verdict;
  return answer;
}

Answer ask_eris(const Row& row, int seconds) {
  const bench::Measured measured = bench::measure(
      {.history = row.words,
       .make = [&row] { return row.history; },
       .checker =
           [&row] { return checkers::linearizability::make_linearizability_checker(row.object); },
       .seconds_max = static_cast<double>(seconds)});
  return {measured.verdict, measured.seconds, std::max(0.0, measured.megabytes)};
}

std::string shown(const Answer& answer) {
  if (answer.verdict != "valid" && answer.verdict != "invalid")
    return fmt::format("{} ({:.0f} s, {:.0f} MB)", answer.verdict, answer.seconds,
                       answer.megabytes);
  return fmt::format("{}, {}, {:.0f} MB", answer.verdict,
                     answer.seconds < 0.1 ? fmt::format("{:.1f} ms", answer.seconds * 1000)
                                          : fmt::format("{:.2f} s", answer.seconds),
                     answer.megabytes);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: beside_peers SECONDS NAME=PROGRAM...\n");
    return 64;
  }
  const int seconds = std::max(1, std::atoi(arguments[1]));
  std::vector<Peer> peers;
  std::string heading = "| history | Eris |", ruler = "|---|---|";
  for (int place = 2; place < count; ++place) {
    const std::string text = arguments[place];
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos) return 64;
    peers.push_back({text.substr(0, sign), text.substr(sign + 1)});
    heading += " " + peers.back().name + " |";
    ruler += "---|";
  }
  fmt::print("{}\n{}\n", heading, ruler);
  const auto table =
      std::filesystem::temp_directory_path() / fmt::format("beside-peers-{}.tsv", getpid());
  for (const Row& row : rows()) {
    write_table(row.history, table);
    std::string line = fmt::format("| {} | {} |", row.words, shown(ask_eris(row, seconds)));
    for (const Peer& peer : peers) line += " " + shown(ask(peer, table, seconds)) + " |";
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }
  std::filesystem::remove(table);
}
