// Terminal: progress for people on stderr. A live line on a terminal, a plain line now and then
// elsewhere, so that a CI log stays readable.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace eris::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  ///< clears the live line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows the line, replacing the one before. Off a terminal: at most one line in five seconds.
  void show(std::string_view text);
  /// Writes a line that stays.
  void remark(std::string_view text);

 private:
  void clear();

  bool live_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace eris::cli
