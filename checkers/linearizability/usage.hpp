// UsagePool: how many optional operations of each class a configuration has used up.
//
// Why: optional operations that do the same are interchangeable, so a configuration needs only to
// count them. The counts are kept once for all configurations that share them, and a configuration
// holds their number.
// Invariant: equal counts have equal numbers; number 0 is "none used".
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace eris::checkers::linearizability {

using UsageId = std::uint32_t;

class UsagePool {
 public:
  explicit UsagePool(std::size_t classes);

  /// One more of this class used.
  [[nodiscard]] UsageId with(UsageId usage, std::uint32_t used_class);
  [[nodiscard]] std::uint32_t count(UsageId usage, std::uint32_t of_class) const {
    return counts_[usage * classes_ + of_class];
  }
  [[nodiscard]] std::uint32_t total(UsageId usage) const { return totals_[usage]; }
  /// No class is used more in `a` than in `b`.
  [[nodiscard]] bool no_more_than(UsageId a, UsageId b) const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  [[nodiscard]] bool equal_with(UsageId candidate, UsageId usage, std::uint32_t used_class) const;

  std::size_t classes_;
  std::vector<std::uint32_t> counts_;  ///< classes_ for each number
  std::vector<std::uint32_t> totals_;
  std::vector<std::uint64_t> hashes_;
  boost::unordered_flat_map<std::uint64_t, UsageId> by_hash_;
};

}  // namespace eris::checkers::linearizability
