// UsagePool: how many optional operations of each class a configuration has used up.
//
// Why: optional operations that do the same are interchangeable, so a configuration needs only to
// count them. The counts are kept once for all configurations that share them, and a configuration
// holds their number. Who searches a long history forgets those now and then that no configuration
// has any more.
// Invariant: equal counts have equal numbers; number 0 is "none used".
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace eris::checkers::linearizability {

using UsageId = std::uint32_t;

class UsagePool {
 public:
  /// `supplies`: how many there are of each class in the whole history.
  explicit UsagePool(std::vector<std::uint32_t> supplies);

  /// One more of this class used.
  [[nodiscard]] UsageId with(UsageId usage, std::uint32_t used_class);
  [[nodiscard]] std::uint32_t count(UsageId usage, std::uint32_t of_class) const {
    return counts_[usage * classes_ + of_class];
  }
  [[nodiscard]] std::uint32_t total(UsageId usage) const { return totals_[usage]; }
  /// Grows with every use; the scarcer a class has become, the faster.
  [[nodiscard]] std::uint64_t price(UsageId usage) const { return prices_[usage]; }
  /// No class is used more in `a` than in `b`.
  [[nodiscard]] bool no_more_than(UsageId a, UsageId b) const;
  /// How many numbers there are.
  [[nodiscard]] std::size_t size() const { return totals_.size(); }
  /// Forgets all numbers but these, which change.
  void keep(std::span<UsageId* const> kept);
  [[nodiscard]] std::size_t bytes() const;

 private:
  [[nodiscard]] bool equal_with(UsageId candidate, UsageId usage, std::uint32_t used_class) const;

  [[nodiscard]] std::uint64_t price_of(std::uint32_t used, std::uint32_t of_class) const;

  std::vector<std::uint32_t> supplies_;
  std::size_t classes_;
  std::vector<std::uint64_t> prices_;
  std::vector<std::uint32_t> counts_;  ///< classes_ for each number
  std::vector<std::uint32_t> totals_;
  std::vector<std::uint64_t> hashes_;
  boost::unordered_flat_map<std::uint64_t, UsageId> by_hash_;
};

}  // namespace eris::checkers::linearizability
