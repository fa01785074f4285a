// A cell of the grid: one checker on one history, measured in a process of its own.
//
// Why a process: the peak of memory is the process's, and what one cell left behind must not count
// for the next. The history is made first; then what it occupies is noted, the peak forgotten, and
// the check begins.
// Thread rule: one owner; measure() forks, so no other thread may run.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "checkers/checker.hpp"
#include "harness/model/history.hpp"

namespace eris::bench {

struct Cell {
  std::string history;  ///< in words, for the table
  std::function<model::History()> make;
  std::function<std::unique_ptr<checkers::Checker>()> checker;
  std::string object;       ///< where set, and invalid: a certificate is made and verified
  std::string expected;     ///< the verdict; empty: whatever it is
  double seconds_max = 10;  ///< of CPU; the rest is `unknown`
};

struct Measured {
  double seconds = 0;    ///< CPU, user and system, of the check alone
  double megabytes = 0;  ///< the check's peak beyond the history
  double history_megabytes = 0;
  double search_kilobytes = -1;  ///< what a search said it held, its problem apart; < 0: none did
  std::string reason;            ///< of the verdict
  std::string verdict;           ///< or what ended the process
  std::string anomaly;
  std::size_t witness = 0;
  std::string certificate;  ///< "accepted", "none", "refused: …"; empty where not asked for
};

[[nodiscard]] Measured measure(const Cell& cell);

}  // namespace eris::bench
