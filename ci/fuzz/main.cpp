// eris-fuzz: the fast checkers against their slow twins, for as long as one likes.
//
//   eris-fuzz                          a thousand cases of every target
//   eris-fuzz --minutes 30             every target in turn, with new seeds, until the time is up
//   eris-fuzz --target queue --seed 7  one case again
//   eris-fuzz --replay ci/fuzz/seeds.txt
//
// On a disagreement: the seed, and the history shrunk to as few operations as still disagree. The
// line to add to ci/fuzz/seeds.txt, which every ctest run replays, is printed with it. Exit code 1.
#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "ci/fuzz/target.hpp"

namespace {

using namespace eris;
using Clock = std::chrono::steady_clock;

struct Options {
  double minutes = 0;
  std::uint64_t cases = 1'000;
  std::optional<std::uint64_t> seed;
  std::string target;
  std::string replay;
};

/// True when nothing disagreed.
bool run_case(const fuzz::Target& target, std::uint64_t seed) {
  const auto found = fuzz::try_seed(target, seed);
  if (!found) return true;
  fmt::print("{} {}  # {}\n{} of {} operations left:\n{}\n", target.name, seed, found->complaint,
             found->history.operations.size(), found->drawn, target.to_text(found->history));
  std::fflush(stdout);
  return false;
}

/// "name seed" a line; '#' begins a comment.
bool replay(const std::vector<fuzz::Target>& targets, const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    fmt::print(stderr, "eris-fuzz: {} cannot be read\n", path);
    return false;
  }
  bool agreed = true;
  std::size_t cases = 0, number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    std::uint64_t seed = 0;
    if (!(words >> name)) continue;
    const auto target = std::ranges::find(targets, name, &fuzz::Target::name);
    if (target == targets.end() || !(words >> seed)) {
      fmt::print(stderr, "{}:{}: expected the name of a target and a seed\n", path, number);
      return false;
    }
    ++cases;
    agreed = run_case(*target, seed) && agreed;
  }
  fmt::print("{} cases replayed\n", cases);
  return agreed && cases > 0;
}

/// Every target in turn, so that an early end has tried them all.
bool fuzz_all(const std::vector<fuzz::Target>& targets, const Options& options,
              std::uint64_t first_seed) {
  const auto end = Clock::now() + std::chrono::duration<double>(options.minutes * 60);
  bool agreed = true;
  std::uint64_t cases = 0;
  for (; options.minutes > 0 ? Clock::now() < end : cases < options.cases; ++cases)
    for (const fuzz::Target& target : targets)
      agreed = run_case(target, first_seed + cases) && agreed;
  fmt::print("{} cases of each of {} targets from seed {}: {}\n", cases, targets.size(), first_seed,
             agreed ? "no disagreement" : "see above");
  return agreed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Holds the fast checkers against their slow twins on random small histories."};
  Options options;
  app.add_option("--minutes", options.minutes, "how long; 0: a number of cases instead");
  app.add_option("--cases", options.cases, "of each target");
  app.add_option("--seed", options.seed, "of the first case; without --cases the only one");
  app.add_option("--target", options.target, "only this one");
  app.add_option("--replay", options.replay, "tries the seeds in this file");
  CLI11_PARSE(app, argc, argv);

  std::vector<fuzz::Target> targets = fuzz::targets();
  if (!options.replay.empty()) return replay(targets, options.replay) ? 0 : 1;
  if (!options.target.empty()) {
    std::erase_if(targets, [&](const auto& target) { return target.name != options.target; });
    if (targets.empty()) {
      fmt::print(stderr, "eris-fuzz: there is no target '{}'\n", options.target);
      return 64;
    }
  }
  if (options.seed && app.count("--cases") == 0 && options.minutes == 0) options.cases = 1;
  const std::uint64_t seed = options.seed          ? *options.seed
                             : options.minutes > 0 ? std::random_device()()
                                                   : 1;
  return fuzz_all(targets, options, seed) ? 0 : 1;
}
