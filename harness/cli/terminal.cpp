#include "harness/cli/terminal.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace eris::cli {

namespace {

constexpr auto plain_line_interval = std::chrono::seconds(5);

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// Cuts at a character's boundary: a continuation byte of UTF-8 begins with the bits 10.
std::string_view fit(std::string_view text, std::size_t width) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++columns > width) return text.substr(0, i);
  }
  return text;
}

}  // namespace

ProgressLine::ProgressLine() : live_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::show(std::string_view text) {
  if (live_) {
    fmt::print(stderr, "\r\033[K{}", fit(text, terminal_width() - 1));
    std::fflush(stderr);
    shown_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < plain_line_interval) return;
  last_ = now;
  shown_ = true;
  fmt::print(stderr, "{}\n", text);
}

void ProgressLine::remark(std::string_view text) {
  clear();
  fmt::print(stderr, "{}\n", text);
}

void ProgressLine::clear() {
  if (!live_ || !shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace eris::cli
