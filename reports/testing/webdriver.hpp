// WebDriver: the chromedriver process and the HTTP that it speaks.
// Invariant: when the object dies, chromedriver and every process that it started are gone.
// Thread rule: one owner.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

namespace eris::reports::testing {

class WebDriver {
 public:
  /// Starts chromedriver on a port that is free. Throws BrowserError.
  explicit WebDriver(const std::filesystem::path& chromedriver);
  ~WebDriver();
  WebDriver(const WebDriver&) = delete;
  WebDriver& operator=(const WebDriver&) = delete;

  /// One command; gives the "value" of the answer. Throws BrowserError with what chromedriver said
  /// where it refused, or when it did not answer within 30 seconds.
  nlohmann::json request(const std::string& method, const std::string& path,
                         const nlohmann::json& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::reports::testing
