// ValueTable: gives equal values equal ids.
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/linearizability/problem.hpp"
#include "harness/model/value.hpp"

namespace eris::checkers::linearizability {

/// Small integers, which is what workloads write, go through an array instead of a hash table: that
/// is most of the cost of preparing a long history.
class ValueTable {
 public:
  explicit ValueTable(std::size_t operations) : small_max_(operations * 2 + 64) {}

  ValueId id(const model::Value& value, std::vector<model::Value>& values) {
    if (value.is_integer()) {
      const auto index = static_cast<std::size_t>(value.integer());
      if (index < small_max_ && index >= small_.size())
        small_.resize(std::min(small_max_, 2 * index + 64), no_value);
      if (index < small_.size()) return remember(small_[index], value, values);
    }
    return remember(others_.try_emplace(value, no_value).first->second, value, values);
  }

 private:
  static ValueId remember(ValueId& id, const model::Value& value,
                          std::vector<model::Value>& values) {
    if (id != no_value) return id;
    id = static_cast<ValueId>(values.size());
    values.push_back(value);
    return id;
  }

  std::size_t small_max_;
  std::vector<ValueId> small_;
  boost::unordered_flat_map<model::Value, ValueId, std::hash<model::Value>> others_;
};

}  // namespace eris::checkers::linearizability
