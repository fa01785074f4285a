// Versions: the order of each list's elements, as the reads of it show.
//
// Why it is so easy: a list that is only appended to shows its whole past in every read. All reads
// of a key are prefixes of the longest one; that one is the order of the key's versions. Invariant:
// a place of `order` holds the append of the element there, or `none` where nobody appended it.
// Source: Kingsbury and Alvaro (VLDB 2020), section 4.
// Thread rule: plain value.
#pragma once

#include <vector>

#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

struct Versions {
  /// By read: how many leading elements others appended; `none`: unknown or contradictory.
  std::vector<std::uint32_t> external;
  /// By append: its place in the key's order, or `none` where nobody saw it.
  std::vector<std::uint32_t> position;
  /// By micro-operation: the one before it of the same transaction on the same key, or `none`.
  std::vector<MicroId> previous;
  /// By append: no later append of its transaction to the same key.
  std::vector<bool> final;
  /// By key: the read that shows most, or `none`; where its order begins; whether it is beyond use.
  std::vector<MicroId> longest;
  std::vector<std::uint32_t> begin;
  std::vector<bool> broken;
  std::vector<MicroId> order;
  /// By transaction: it took effect, since it was answered or somebody saw it.
  std::vector<bool> effective;

  [[nodiscard]] std::uint32_t length(KeyId key) const { return begin[key + 1] - begin[key]; }
  [[nodiscard]] MicroId at(KeyId key, std::uint32_t place) const {
    return order[begin[key] + place];
  }
};

/// Finds the order, and everything that is wrong with single reads: internal, G1a, duplicate
/// elements, incompatible order, elements never appended, dirty update.
/// Errors: usage, where an element was appended to a key twice. Throws OutOfBudget.
[[nodiscard]] base::Result<Versions> find_versions(const Transactions& transactions,
                                                   Anomalies& anomalies, Allowance& allowance);

/// The elements that a read shows; nil is no element.
[[nodiscard]] model::Value::Elements elements_of(const Micro& read);

}  // namespace eris::checkers::transactions
