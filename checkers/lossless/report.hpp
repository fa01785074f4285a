// Report: puts what a count finds into a CheckResult.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::lossless {

class Report {
 public:
  explicit Report(const model::History& history) : history_(history) {}

  /// One violation; only the first of each name is told, all are counted.
  void violation(std::string_view anomaly, const model::Value& key, const std::string& sentence,
                 std::vector<model::WitnessStep> witness);
  void count(std::string name, std::size_t count);
  /// The history is not one of this object.
  [[nodiscard]] model::CheckResult unfit(std::size_t operation, const std::string& why) const;
  /// `open`: why it stays unknown though nothing is wrong, or empty.
  [[nodiscard]] model::CheckResult finish(bool anything_seen, const std::string& open = {});

  /// "process 3 (at 130 ms)".
  [[nodiscard]] std::string who(std::size_t operation) const;

 private:
  const model::History& history_;
  std::vector<model::Finding> findings_;
  std::vector<std::pair<std::string, std::size_t>> violations_;
  model::Fields statistics_;
};

}  // namespace eris::checkers::lossless
