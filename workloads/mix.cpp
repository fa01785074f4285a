#include "workloads/mix.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::workloads {

Mix::Mix(std::vector<Share> shares) : shares_(std::move(shares)) {
  for (const Share& share : shares_) {
    ERIS_ASSERT(share.weight >= 0, "a weight is not negative");
    total_ += static_cast<std::uint64_t>(share.weight);
  }
  ERIS_ASSERT(total_ > 0, "a mix has something to draw");
}

model::Function Mix::draw(base::Rng& rng) const {
  std::uint64_t place = rng.below(total_);
  for (const Share& share : shares_) {
    const auto weight = static_cast<std::uint64_t>(share.weight);
    if (place < weight) return share.function;
    place -= weight;
  }
  ERIS_ASSERT(false, "a draw below the total falls on a share");
  return {};
}

std::vector<model::Function> Mix::functions() const {
  std::vector<model::Function> drawn;
  for (const Share& share : shares_)
    if (share.weight > 0) drawn.push_back(share.function);
  return drawn;
}

model::OptionSchema weight_option(const model::Function& function, std::int64_t default_weight,
                                  std::int64_t minimum) {
  return {.name = std::string(function.view()),
          .kind = model::OptionKind::integer,
          .default_value = default_weight,
          .help = fmt::format("weight of {} operations in the mix, against the sum of all weights",
                              function.view()),
          .minimum = static_cast<double>(minimum),
          .maximum = 1e6};
}

model::OptionSchema readers_option() {
  return {.name = "readers",
          .kind = model::OptionKind::integer,
          .default_value = std::int64_t{2},
          .help =
              "of every ten processes, how many only read; they stay with a node that is cut "
              "off, and so see what it still tells",
          .minimum = 0,
          .maximum = 6};
}

bool only_reads(base::ProcessId process, std::int64_t readers_of_ten) {
  // 7 has no divisor in common with 10, so that of ten processes each gets a rank of its own.
  const auto rank = static_cast<std::int64_t>((process.value % 10 * 7 + 6) % 10);
  return rank < readers_of_ten;
}

Mix mix_of(const model::Options& options, const std::vector<model::Function>& functions) {
  std::vector<Share> shares;
  for (const model::Function& function : functions)
    shares.push_back({function, options.integer(function.view())});
  return Mix(std::move(shares));
}

std::vector<model::Function> functions_used(const model::Options& options,
                                            const std::vector<model::Function>& functions) {
  std::vector<model::Function> used = mix_of(options, functions).functions();
  const auto uses = [&](const model::Function& function) {
    return std::ranges::find(used, function) != used.end();
  };
  if (uses(model::function::cas) && !uses(model::function::write))
    used.push_back(model::function::write);
  return used;
}

}  // namespace eris::workloads
