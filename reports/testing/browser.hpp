// Browser: headless Chromium, led through chromedriver by the W3C WebDriver protocol, for tests of
// the HTML report.
//
// Why: only a browser knows whether a page opens, draws and answers to a wheel.
// Invariant: when the object dies, chromedriver, the browser and its profile are gone.
// Thread rule: one owner. Every call throws BrowserError when the browser does not do as told
// within a deadline; a test fails by that.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace eris::reports::testing {

class BrowserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where chromedriver is; nothing where it is not installed.
[[nodiscard]] std::optional<std::filesystem::path> find_chromedriver();

class Browser {
 public:
  /// Starts a fresh browser, in a window of this size in CSS pixels.
  Browser(int width, int height);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  /// Opens a file and returns when it has loaded.
  void open(const std::filesystem::path& page);
  /// Runs a function body ("return 1 + 1") and gives what it returned.
  nlohmann::json evaluate(const std::string& script);
  /// Runs `script` again until it returns true. Throws when it did not within ten seconds.
  void await(const std::string& script);

  /// A click in the middle of the first element that the selector finds, scrolled into view.
  void click(const std::string& selector);
  /// A click at this point of the element, from its upper left corner.
  void click_at(const std::string& selector, int x, int y);
  /// Moves the pointer to this point of the element.
  void hover_at(const std::string& selector, int x, int y);
  /// Turns the wheel over the middle of the element.
  void turn_wheel(const std::string& selector, int delta_y);
  /// Presses and releases a key: one character, or a code point of the WebDriver key table.
  void press(const std::string& key);

  void resize(int width, int height);
  /// Overrides a media feature: ("prefers-color-scheme", "dark").
  void emulate_media(const std::string& feature, const std::string& value);
  void save_screenshot(const std::filesystem::path& file);

  /// What the page wrote to the console as an error or warning, and what it threw.
  [[nodiscard]] std::vector<std::string> console_errors();
  /// Each address that pages opened from files asked for since the start, but files and data.
  [[nodiscard]] std::vector<std::string> network_requests();

 private:
  struct State;
  nlohmann::json command(const std::string& path, const nlohmann::json& body);
  nlohmann::json log_entries(const std::string& type);
  std::pair<int, int> point_in(const std::string& selector, std::optional<std::pair<int, int>> at);
  void point(int x, int y, bool press);

  std::unique_ptr<State> state_;
};

}  // namespace eris::reports::testing
