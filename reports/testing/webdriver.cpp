#include "reports/testing/webdriver.hpp"

#include <chrono>
#include <optional>
#include <regex>
#include <string_view>

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <signal.h>
#include <unistd.h>

#include "reports/testing/browser.hpp"

namespace eris::reports::testing {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace process = boost::process::v2;
using namespace std::chrono_literals;

constexpr auto deadline = 30s;

/// Gives chromedriver a process group of its own, so that its browsers can be ended with it.
struct OwnProcessGroup {
  template <typename Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const boost::filesystem::path&,
                                          const char* const*&) {
    if (::setpgid(0, 0) != 0) return {errno, boost::system::system_category()};
    return {};
  }
};

/// Runs what was begun on this context until it is done. Throws when it takes too long or failed.
void finish(asio::io_context& context, const std::optional<boost::system::error_code>& outcome,
            std::string_view what) {
  context.restart();
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!outcome && context.run_one_until(end) > 0) {
  }
  if (!outcome) throw BrowserError(std::string(what) + " took longer than 30 s");
  if (*outcome) throw BrowserError(std::string(what) + ": " + outcome->message());
}

}  // namespace

struct WebDriver::State {
  asio::io_context context;
  asio::readable_pipe output{context};
  std::optional<process::process> driver;
  unsigned short port = 0;

  void await_port();
  http::response<http::string_body> exchange(const http::request<http::string_body>& request);
};

/// chromedriver tells on stdout which port it took.
void WebDriver::State::await_port() {
  asio::streambuf buffer;
  const std::regex told("on port ([0-9]+)");
  while (port == 0) {
    std::optional<boost::system::error_code> outcome;
    asio::async_read_until(
        output, buffer, '\n',
        [&](boost::system::error_code problem, std::size_t) { outcome = problem; });
    finish(context, outcome, "chromedriver's start");
    std::istream lines(&buffer);
    std::string line;
    std::getline(lines, line);
    if (std::smatch match; std::regex_search(line, match, told))
      port = static_cast<unsigned short>(std::stoi(match[1]));
  }
}

http::response<http::string_body> WebDriver::State::exchange(
    const http::request<http::string_body>& request) {
  beast::tcp_stream stream(context);
  std::optional<boost::system::error_code> outcome;
  const auto done = [&](boost::system::error_code problem, auto&&...) { outcome = problem; };
  stream.async_connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port), done);
  finish(context, outcome, "connecting to chromedriver");
  outcome.reset();
  http::async_write(stream, request, done);
  finish(context, outcome, "asking chromedriver");
  outcome.reset();
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(256u << 20);  // a screenshot or a performance log may be long
  http::async_read(stream, buffer, parser, done);
  finish(context, outcome, "chromedriver's answer to " + std::string(request.target()));
  return parser.release();
}

WebDriver::WebDriver(const std::filesystem::path& chromedriver)
    : state_(std::make_unique<State>()) {
  asio::writable_pipe writing(state_->context);
  asio::connect_pipe(state_->output, writing);
  try {
    state_->driver.emplace(state_->context, chromedriver.string(),
                           std::vector<std::string>{"--port=0"},
                           process::process_stdio{nullptr, writing, nullptr}, OwnProcessGroup{});
  } catch (const boost::system::system_error& error) {
    throw BrowserError("cannot start " + chromedriver.string() + ": " + error.what());
  }
  writing.close();
  state_->await_port();
}

WebDriver::~WebDriver() {
  if (!state_->driver) return;
  ::kill(-state_->driver->id(), SIGKILL);
  boost::system::error_code gone_already;
  state_->driver->wait(gone_already);
}

nlohmann::json WebDriver::request(const std::string& method, const std::string& path,
                                  const nlohmann::json& body) {
  http::request<http::string_body> request(http::string_to_verb(method), path, 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::content_type, "application/json; charset=utf-8");
  if (method == "POST") request.body() = body.dump();
  request.prepare_payload();
  const auto response = state_->exchange(request);
  const nlohmann::json answer = nlohmann::json::parse(response.body(), nullptr, false);
  if (answer.is_discarded() || !answer.contains("value"))
    throw BrowserError("chromedriver answered " + response.body());
  if (response.result() != http::status::ok) {
    const std::string said = answer["value"].value("message", response.body());
    throw BrowserError(path + ": " + said.substr(0, said.find("\nStacktrace")));
  }
  return answer["value"];
}

}  // namespace eris::reports::testing
