#include "reports/testing/browser.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include <boost/beast/core/detail/base64.hpp>
#include <unistd.h>

#include "harness/base/testing/scratch_directory.hpp"
#include "harness/base/text.hpp"
#include "reports/testing/webdriver.hpp"

namespace eris::reports::testing {

namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

Json capabilities(const std::filesystem::path& profile, int width, int height) {
  const std::vector<std::string> arguments{
      "--headless=new",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--no-sandbox",  // Chromium refuses to run as root with
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--hide-scrollbars",
      "--user-data-dir=" + profile.string(),
      "--window-size=" + std::to_string(width) + "," + std::to_string(height)};
  const Json options{{"args", arguments}};
  const Json logs{{"browser", "ALL"}, {"performance", "ALL"}};
  return {{"capabilities",
           {{"alwaysMatch", {{"goog:chromeOptions", options}, {"goog:loggingPrefs", logs}}}}}};
}

Json pointer_actions(Json steps) {
  return {{"actions", Json::array({{{"type", "pointer"},
                                    {"id", "mouse"},
                                    {"parameters", {{"pointerType", "mouse"}}},
                                    {"actions", std::move(steps)}}})}};
}

std::string quoted(const std::string& text) {
  return Json(text).dump();
}

}  // namespace

std::optional<std::filesystem::path> find_chromedriver() {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : base::split(path == nullptr ? "/usr/bin" : path, ':')) {
    const auto candidate = std::filesystem::path(folder) / "chromedriver";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

struct Browser::State {
  base::testing::ScratchDirectory profile;  // outlives the driver, which may still write to it
  WebDriver driver;
  std::string session;
  explicit State(const std::filesystem::path& chromedriver) : driver(chromedriver) {}
};

Browser::Browser(int width, int height) {
  const auto chromedriver = find_chromedriver();
  if (!chromedriver) throw BrowserError("chromedriver is not installed");
  state_ = std::make_unique<State>(*chromedriver);
  const Json answer = state_->driver.request("POST", "/session",
                                             capabilities(state_->profile.path(), width, height));
  state_->session = "/session/" + answer.at("sessionId").get<std::string>();
  resize(width, height);
}

Browser::~Browser() {
  // Killing the driver's process group ends what a browser that hangs would leave.
  try {
    state_->driver.request("DELETE", state_->session, {});
  } catch (const BrowserError&) {
    return;
  }
}

Json Browser::command(const std::string& path, const Json& body) {
  return state_->driver.request("POST", state_->session + path, body);
}

void Browser::open(const std::filesystem::path& page) {
  command("/url", {{"url", "file://" + std::filesystem::absolute(page).string()}});
}

Json Browser::evaluate(const std::string& script) {
  return command("/execute/sync", {{"script", script}, {"args", Json::array()}});
}

void Browser::await(const std::string& script) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (evaluate(script) != true) {
    if (std::chrono::steady_clock::now() > end) throw BrowserError("never came true: " + script);
    std::this_thread::sleep_for(10ms);  // between looks at a condition that has a deadline
  }
}

/// A point of the window: the middle of the element, or `at` from its corner.
std::pair<int, int> Browser::point_in(const std::string& selector,
                                      std::optional<std::pair<int, int>> at) {
  const std::string offset =
      at ? std::to_string(at->first) + "," + std::to_string(at->second) : "r.width/2,r.height/2";
  // The page may still be scrolling; the element has its place when it kept it for some frames.
  const Json found = evaluate("const e = document.querySelector(" + quoted(selector) +
                              R"(); if (!e) return null;
      return new Promise((resolve) => {
        let last = null;
        let calm = 0;
        const look = () => {
          e.scrollIntoView({block: 'center', behavior: 'instant'});
          const r = e.getBoundingClientRect();
          const o = [)" + offset +
                              R"(];
          const now = [Math.round(r.left + o[0]), Math.round(r.top + o[1])];
          calm = last && now[0] === last[0] && now[1] === last[1] ? calm + 1 : 0;
          last = now;
          if (calm === 5) resolve(now); else requestAnimationFrame(look);
        };
        look();
      });)");
  if (found.is_null()) throw BrowserError("no element is " + selector);
  return {found[0].get<int>(), found[1].get<int>()};
}

void Browser::point(int x, int y, bool press) {
  Json steps = Json::array({{{"type", "pointerMove"}, {"duration", 0}, {"x", x}, {"y", y}}});
  if (press) {
    steps.push_back({{"type", "pointerDown"}, {"button", 0}});
    steps.push_back({{"type", "pointerUp"}, {"button", 0}});
  }
  command("/actions", pointer_actions(std::move(steps)));
}

void Browser::click(const std::string& selector) {
  const auto [x, y] = point_in(selector, std::nullopt);
  point(x, y, true);
}

void Browser::click_at(const std::string& selector, int x, int y) {
  const auto [left, top] = point_in(selector, std::pair(x, y));
  point(left, top, true);
}

void Browser::hover_at(const std::string& selector, int x, int y) {
  const auto [left, top] = point_in(selector, std::pair(x, y));
  point(left, top, false);
}

void Browser::turn_wheel(const std::string& selector, int delta_y) {
  const auto [x, y] = point_in(selector, std::nullopt);
  const Json scroll{{"type", "scroll"}, {"duration", 0}, {"origin", "viewport"}, {"x", x},
                    {"y", y},           {"deltaX", 0},   {"deltaY", delta_y}};
  command(
      "/actions",
      {{"actions",
        Json::array({{{"type", "wheel"}, {"id", "wheel"}, {"actions", Json::array({scroll})}}})}});
}

void Browser::press(const std::string& key) {
  const Json steps =
      Json::array({{{"type", "keyDown"}, {"value", key}}, {{"type", "keyUp"}, {"value", key}}});
  command("/actions",
          {{"actions", Json::array({{{"type", "key"}, {"id", "keys"}, {"actions", steps}}})}});
}

void Browser::resize(int width, int height) {
  command("/goog/cdp/execute",
          {{"cmd", "Emulation.setDeviceMetricsOverride"},
           {"params",
            {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}}}});
}

void Browser::emulate_media(const std::string& feature, const std::string& value) {
  const Json features = Json::array({{{"name", feature}, {"value", value}}});
  command("/goog/cdp/execute",
          {{"cmd", "Emulation.setEmulatedMedia"}, {"params", {{"features", features}}}});
}

void Browser::save_screenshot(const std::filesystem::path& file) {
  const std::string text = state_->driver.request("GET", state_->session + "/screenshot", {});
  namespace base64 = boost::beast::detail::base64;
  std::string bytes(base64::decoded_size(text.size()), '\0');
  bytes.resize(base64::decode(bytes.data(), text.data(), text.size()).first);
  std::ofstream(file, std::ios::binary) << bytes;
}

Json Browser::log_entries(const std::string& type) {
  return command("/se/log", {{"type", type}});
}

std::vector<std::string> Browser::console_errors() {
  std::vector<std::string> errors;
  for (const Json& entry : log_entries("browser"))
    if (const std::string level = entry.at("level"); level == "SEVERE" || level == "WARNING")
      errors.push_back(entry.at("message"));
  return errors;
}

std::vector<std::string> Browser::network_requests() {
  std::vector<std::string> urls;
  for (const Json& entry : log_entries("performance")) {
    const Json message = Json::parse(entry.at("message").get<std::string>()).at("message");
    if (message.at("method") != "Network.requestWillBeSent") continue;
    // The browser's own pages load their parts too, from within it; only ours are in question.
    const Json& params = message.at("params");
    if (!params.value("documentURL", "").starts_with("file:")) continue;
    const std::string url = params.at("request").at("url");
    if (!url.starts_with("file:") && !url.starts_with("data:")) urls.push_back(url);
  }
  return urls;
}

}  // namespace eris::reports::testing
