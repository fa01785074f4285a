// Anomaly: something in a history that no database of some strength would show, with the few
// transactions that prove it.
// Thread rule: plain values.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkers/transactions/graph.hpp"
#include "checkers/transactions/models.hpp"

namespace eris::checkers::transactions {

/// A transaction and its part in a proof.
struct Participant {
  TransactionId transaction = 0;
  std::string role;  ///< "appended 3 to x, then failed"
};

struct Anomaly {
  std::string name;  ///< as in models.hpp
  KeyId key = none;  ///< where it concerns one
  /// For a cycle: its edges in order, each beginning where the one before it ends. The narrative
  /// puts them into words.
  std::vector<Edge> cycle;
  /// For everything else: who did what, and the sentence.
  std::vector<Participant> participants;
  std::string sentence;
  std::vector<std::string> explanation;  ///< further sentences
};

/// The first anomaly of each name, and how often each was met.
class Anomalies {
 public:
  /// Counts one more; true when it is the first of its name, and should be told.
  bool meet(std::string_view name) {
    const auto found = std::ranges::find(counts_, name, &Count::first);
    if (found != counts_.end()) return ++found->second, false;
    counts_.emplace_back(name, 1);
    return true;
  }
  void add(Anomaly anomaly) { all_.push_back(std::move(anomaly)); }
  [[nodiscard]] const std::vector<Anomaly>& all() const { return all_; }
  using Count = std::pair<std::string, std::size_t>;
  [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }

 private:
  std::vector<Anomaly> all_;
  std::vector<Count> counts_;
};

/// What an analysis of a history comes to.
struct Analysis {
  Anomalies anomalies;
  Models undecided;    ///< those that are neither ruled out nor known to hold
  std::string reason;  ///< for undecided ones: what blocked, and what to do
  /// For undecided ones: what was answered before this event holds by itself, as prefix.hpp has it.
  model::EventIndex proven_until = 0;
  bool out_of_memory = false;
  std::size_t nodes = 0;
  std::size_t edges = 0;
};

}  // namespace eris::checkers::transactions
