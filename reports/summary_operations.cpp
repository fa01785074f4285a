// Counts and latencies of operations, in all and over time.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reports/summary.hpp"

namespace eris::reports {

namespace {

using namespace std::chrono_literals;

/// Enough slices for a chart's curve, few enough for each to hold some operations.
constexpr std::int64_t buckets_max = 400;
/// Below this, scheduling noise is all that a slice shows.
constexpr Duration bucket_width_min = 10ms;

/// The smallest of 1, 2 or 5 times a power of ten that splits the run into few enough slices.
Duration bucket_width_for(Instant end) {
  Duration width = bucket_width_min;
  constexpr std::array<int, 3> factors{2, 5, 10};  // from 1, 2, 5 … to the next in the row
  Duration decade = width;
  std::size_t step = 0;
  while (end / width >= buckets_max) {
    width = decade * factors.at(step);
    step = (step + 1) % factors.size();
    if (step == 0) decade = width;
  }
  return width;
}

/// Latencies of one group, gathered before their quantiles are taken.
using Samples = std::array<std::vector<Duration>, 3>;

/// Nearest rank: the smallest sample that at least this share of all samples do not exceed.
Duration quantile(const std::vector<Duration>& sorted, double share) {
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()) - 1e-9));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

Latencies latencies_of(std::vector<Duration>& samples) {
  if (samples.empty()) return {};
  std::ranges::sort(samples);
  return {samples.size(), quantile(samples, 0.50), quantile(samples, 0.95), quantile(samples, 0.99),
          samples.back()};
}

LatenciesByStatus latencies_of(Samples& samples) {
  return {latencies_of(samples[0]), latencies_of(samples[1]), latencies_of(samples[2])};
}

struct Group {
  StatusCounts counts;
  Samples samples;
  void add(const model::Operation& operation) {
    counts.add(operation.status);
    samples[static_cast<std::size_t>(operation.status)].push_back(operation.completed_at -
                                                                  operation.invoked_at);
  }
};

std::vector<Bucket> buckets_of(const model::History& history, Duration width, Instant end) {
  std::vector<Group> groups(static_cast<std::size_t>(end / width) + 1);
  for (const model::Operation& operation : history.operations)
    groups[static_cast<std::size_t>(std::max(Instant{}, operation.completed_at) / width)].add(
        operation);
  std::vector<Bucket> buckets;
  buckets.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i)
    buckets.push_back(
        {width * static_cast<std::int64_t>(i), groups[i].counts, latencies_of(groups[i].samples)});
  return buckets;
}

}  // namespace

void summarize_operations(const model::History& history, Summary& summary) {
  std::map<model::Function, Group> by_function;
  std::set<std::uint32_t> keys;
  std::set<base::ProcessId> processes;
  for (const model::Operation& operation : history.operations) {
    summary.counts.add(operation.status);
    by_function[operation.function].add(operation);
    processes.insert(operation.process);
    if (!history.key_of(operation).is_nil()) keys.insert(operation.key);
  }
  summary.keys = keys.size();
  summary.processes = processes.size();
  for (auto& [function, group] : by_function)
    summary.functions.push_back(
        {std::string(function.view()), group.counts, latencies_of(group.samples)});
  summary.bucket_width = bucket_width_for(summary.end);
  summary.buckets = buckets_of(history, summary.bucket_width, summary.end);
}

}  // namespace eris::reports
