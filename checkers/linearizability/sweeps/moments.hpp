// Moments: the times that matter, cut into cells: each moment, and what lies between two.
//
// Why: whether a time is covered by stays that are open at both ends is a question about moments
// and about what lies between them. Cells make both countable.
// Thread rule: plain value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/model/operation.hpp"

namespace eris::checkers::linearizability {

using Cell = std::uint32_t;

class Moments {
 public:
  /// In any order, with repetitions. `never` may be one of them.
  explicit Moments(std::vector<model::EventIndex> moments) : moments_(std::move(moments)) {
    std::ranges::sort(moments_);
    moments_.erase(std::unique(moments_.begin(), moments_.end()), moments_.end());
    make_table();
  }

  /// The cell of one of the moments; the next one is what follows it.
  [[nodiscard]] Cell cell_of(model::EventIndex moment) const {
    if (moment < table_.size()) return table_[moment];
    return 2 * static_cast<Cell>(std::ranges::lower_bound(moments_, moment) - moments_.begin());
  }
  /// The moment of an even cell.
  [[nodiscard]] model::EventIndex moment_of(Cell cell) const { return moments_[cell / 2]; }
  [[nodiscard]] std::size_t cells() const { return moments_.size() * 2; }

 private:
  /// Events are numbered without great gaps, mostly: then looking up is cheaper than searching.
  void make_table() {
    std::size_t finite = moments_.size();
    if (finite > 0 && moments_.back() == model::never) --finite;
    if (finite == 0 || moments_[finite - 1] > 16 * finite) return;
    table_.resize(moments_[finite - 1] + 1);
    for (std::size_t i = 0; i < finite; ++i) table_[moments_[i]] = static_cast<Cell>(2 * i);
  }

  std::vector<model::EventIndex> moments_;
  std::vector<Cell> table_;  ///< by moment; empty where they lie too far apart
};

}  // namespace eris::checkers::linearizability
