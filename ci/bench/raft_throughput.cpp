// Acknowledged writes a second of any two systems that Eris knows, side by side: by default Eris'
// own Raft against etcd, each with as many nodes, on this machine, with every write synced.
//
//   raft_throughput [--nodes 3] [--clients 32] [--seconds 5] [--rounds 3] [--systems raft,etcd]
//
// Both are driven through their adapters, so each client is one blocking connection and one
// operation at a time. The systems take turns for `rounds` rounds, and the median round counts, so
// that a machine which slows down meanwhile slows both. Every write has a key among 1000 and a
// value of 100 bytes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/adapter.hpp"
#include "adapters/testing/process_cluster.hpp"

namespace {

using namespace eris;  // NOLINT(google-build-using-namespace): a program, not a header
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Load {
  unsigned nodes = 3;
  unsigned clients = 32;
  unsigned seconds = 5;
  unsigned rounds = 3;
  std::vector<std::string> systems{"raft", "etcd"};
};

struct Measured {
  double per_second = 0;
  std::chrono::nanoseconds median{};
  std::chrono::nanoseconds percentile_99{};
  std::uint64_t failed = 0;
};

struct ClientResult {
  std::vector<std::chrono::nanoseconds> latencies;
  std::uint64_t failed = 0;
};

/// One client: warms up until `begin`, then counts until `end`.
ClientResult drive(adapters::Client& client, std::uint64_t process, Clock::time_point begin,
                   Clock::time_point end) {
  const model::Value value(std::string(100, 'v'));
  ClientResult result;
  for (std::int64_t i = static_cast<std::int64_t>(process) * 7;; ++i) {
    const auto asked = Clock::now();
    if (asked >= end) return result;
    const model::Outcome outcome = client.invoke({.process = base::ProcessId(process),
                                                  .function = model::function::write,
                                                  .key = model::Value(i % 1000),
                                                  .argument = value},
                                                 5s);
    const auto answered = Clock::now();
    if (asked < begin || answered > end) continue;
    if (outcome.status == model::Status::ok)
      result.latencies.push_back(answered - asked);
    else
      ++result.failed;
  }
}

Measured summarise(const std::vector<ClientResult>& results, unsigned seconds) {
  Measured measured;
  std::vector<std::chrono::nanoseconds> all;
  for (const ClientResult& result : results) {
    all.insert(all.end(), result.latencies.begin(), result.latencies.end());
    measured.failed += result.failed;
  }
  if (all.empty()) return measured;
  std::ranges::sort(all);
  measured.per_second = static_cast<double>(all.size()) / seconds;
  measured.median = all[all.size() / 2];
  measured.percentile_99 = all[all.size() * 99 / 100];
  return measured;
}

base::Result<std::unique_ptr<adapters::System>> make_system(const std::string& name,
                                                            unsigned nodes) {
  for (const adapters::SystemType& type : adapters::registry())
    if (type.schema.name == name) return type.make(model::Options(type.schema.options), nodes);
  return base::usage_error(fmt::format("unknown system '{}'", name));
}

base::Result<Measured> measure(const std::string& name, const Load& load) {
  ERIS_TRY(const auto system, make_system(name, load.nodes));
  ERIS_CHECK_OK(system->versions());
  adapters::testing::ProcessCluster cluster(*system, load.nodes);
  cluster.start_all();
  if (!cluster.wait_until_serving())
    return base::environment_error("the nodes never served", name, cluster.stderr_of(0));
  const auto begin = Clock::now() + 1s;
  const auto end = begin + std::chrono::seconds(load.seconds);
  std::vector<ClientResult> results(load.clients);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < load.clients; ++i)
    threads.emplace_back([&, i] {
      const auto client = system->connect(cluster.nodes(), base::ProcessId(i));
      results[i] = drive(*client, i, begin, end);
    });
  for (std::thread& thread : threads) thread.join();
  return summarise(results, load.seconds);
}

base::Result<void> compare(const Load& load) {
  std::vector<std::vector<double>> rates(load.systems.size());
  for (unsigned round = 0; round < load.rounds; ++round)
    for (std::size_t i = 0; i < load.systems.size(); ++i) {
      ERIS_TRY(const Measured measured, measure(load.systems[i], load));
      rates[i].push_back(measured.per_second);
      fmt::print("{:6} {} nodes, {} clients: {:8.0f} writes/s, median {}, 99% {}, failed {}\n",
                 load.systems[i], load.nodes, load.clients, measured.per_second,
                 base::to_rounded_text(measured.median),
                 base::to_rounded_text(measured.percentile_99), measured.failed);
      std::fflush(stdout);
    }
  for (std::vector<double>& rate : rates) std::ranges::sort(rate);
  for (std::size_t i = 1; i < rates.size(); ++i)
    fmt::print("median of {} over median of {}: {:.2f}\n", load.systems[0], load.systems[i],
               rates[0][load.rounds / 2] / rates[i][load.rounds / 2]);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Acknowledged writes a second of several systems, side by side.");
  Load load;
  app.add_option("--nodes", load.nodes)->check(CLI::Range(1, 9))->capture_default_str();
  app.add_option("--clients", load.clients)->check(CLI::Range(1, 512))->capture_default_str();
  app.add_option("--seconds", load.seconds, "counted, after one of warming up")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  app.add_option("--rounds", load.rounds)->check(CLI::Range(1, 99))->capture_default_str();
  app.add_option("--systems", load.systems)->delimiter(',')->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (const auto result = compare(load); !result) {
    fmt::print(stderr, "{}\n", base::to_text(result.error()));
    return 4;
  }
  return 0;
}
