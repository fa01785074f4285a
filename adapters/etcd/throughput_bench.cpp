// How many puts a second etcd takes from this adapter's clients: three nodes on loopback with their
// data in the temporary directory (TMPDIR chooses the disk), 32 clients, one request each at a
// time. The yardstick for the reference systems. Run it from a release build.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "adapters/etcd/local_cluster.hpp"
#include "adapters/etcd/system.hpp"

namespace eris::adapters::etcd {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr unsigned node_count = 3;
constexpr unsigned client_count = 32;
constexpr auto warm_up = 1s;
constexpr auto measured = 5s;

struct Tally {
  std::vector<base::Duration> latencies;  ///< of puts that began after the warm-up
  std::uint64_t failures = 0;
};

Tally put_until(Clock::time_point begin, Clock::time_point end, Client& client,
                std::int64_t process) {
  Tally tally;
  for (std::int64_t i = 0;; ++i) {
    const auto before = Clock::now();
    if (before >= end) return tally;
    const auto outcome = client.invoke(
        {.process = {}, .function = model::function::write, .key = process, .argument = i}, 10s);
    if (before < begin) continue;
    if (outcome.status == model::Status::ok)
      tally.latencies.push_back(Clock::now() - before);
    else
      ++tally.failures;
  }
}

double milliseconds_at(const std::vector<base::Duration>& sorted, double share) {
  const auto index = static_cast<double>(sorted.size() - 1) * share;
  return base::to_seconds(sorted[static_cast<std::size_t>(index)]) * 1000;
}

int run() {
  const EtcdSystem system(Settings{});
  LocalCluster cluster(system, node_count);
  cluster.start_all();
  if (!cluster.wait_until_all_serve()) return 1;

  const auto begin = Clock::now() + warm_up;
  std::vector<Tally> tallies(client_count);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < client_count; ++i)
      threads.emplace_back([&, i] {
        const auto client = system.connect(cluster.nodes(), base::ProcessId(i));
        tallies[i] = put_until(begin, begin + measured, *client, i);
      });
  }
  std::vector<base::Duration> latencies;
  std::uint64_t failures = 0;
  for (const Tally& tally : tallies) {
    latencies.insert(latencies.end(), tally.latencies.begin(), tally.latencies.end());
    failures += tally.failures;
  }
  if (latencies.empty()) return 1;
  std::ranges::sort(latencies);
  fmt::print("{} nodes, {} clients: {:.0f} puts/s, {} failed; p50 {:.2f} ms, p99 {:.2f} ms\n",
             node_count, client_count,
             static_cast<double>(latencies.size()) / base::to_seconds(measured), failures,
             milliseconds_at(latencies, 0.5), milliseconds_at(latencies, 0.99));
  return 0;
}

}  // namespace
}  // namespace eris::adapters::etcd

int main() {
  return eris::adapters::etcd::run();
}
