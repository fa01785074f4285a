#include "harness/live/testing/tiny_system.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/live/unique_fd.hpp"

namespace eris::live::testing {

namespace {

constexpr int port = 7000;

/// One connection; asks a line and gets a line, or an error text.
class LineClient {
 public:
  explicit LineClient(std::string host) : host_(std::move(host)) {}

  std::expected<std::string, std::string> ask(const std::string& request, base::Duration timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    if (!socket_.valid() && !connect(deadline)) return std::unexpected("no connection");
    const std::string line = request + "\n";
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) return lost();
    std::string reply;
    while (!reply.ends_with('\n')) {
      char buffer[256];
      if (!wait_for(POLLIN, deadline)) return lost();
      const ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
      if (count <= 0) return lost();
      reply.append(buffer, static_cast<std::size_t>(count));
    }
    reply.pop_back();
    return reply;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::unexpected<std::string> lost() {
    socket_.reset();
    return std::unexpected(std::string("lost connection"));
  }
  bool connect(Clock::time_point deadline) {
    socket_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in node{
        .sin_family = AF_INET, .sin_port = ::htons(port), .sin_addr = {}, .sin_zero = {}};
    ::inet_pton(AF_INET, host_.c_str(), &node.sin_addr);
    static_cast<void>(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&node), sizeof node));
    int code = -1;
    socklen_t size = sizeof code;
    if (wait_for(POLLOUT, deadline))
      ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) socket_.reset();
    return code == 0;
  }
  bool wait_for(short what, Clock::time_point deadline) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd watched{.fd = socket_.get(), .events = what, .revents = 0};
    return left.count() > 0 && ::poll(&watched, 1, static_cast<int>(left.count())) == 1;
  }

  std::string host_;
  UniqueFd socket_;
};

class TinyClient final : public adapters::Client {
 public:
  TinyClient(std::string host, bool trivial) : line_(std::move(host)), trivial_(trivial) {}

  model::Outcome invoke(const model::Op& op, base::Duration timeout) override {
    const std::string function(op.function.view());
    if (function == "hang")
      for (;;) ::pause();
    if (function == "throw") throw std::runtime_error("this adapter breaks its promise");
    if (trivial_) return {.status = model::Status::ok, .result = {}, .error = {}};
    const std::string request =
        function == "write" ? "write " + std::to_string(op.argument.integer()) : function;
    const auto reply = line_.ask(request, timeout);
    if (!reply) return {.status = model::Status::info, .result = {}, .error = reply.error()};
    if (*reply == "ok" || *reply == "nil")
      return {.status = model::Status::ok, .result = {}, .error = {}};
    return {.status = model::Status::ok,
            .result = model::Value(std::int64_t{std::stoll(*reply)}),
            .error = {}};
  }

 private:
  LineClient line_;
  bool trivial_;
};

class TinySystem final : public adapters::System {
 public:
  explicit TinySystem(TinySettings settings) : settings_(std::move(settings)) {}

  base::Result<model::Fields> versions() const override {
    return model::Fields{{"tiny", model::Value("1")}};
  }
  adapters::Launch launch(const adapters::NodeSetup& setup) const override {
    const auto mode = settings_.modes.find(setup.self.id.value);
    return {.program = ERIS_TINY_NODE,
            .arguments = {setup.self.host, mode == settings_.modes.end() ? "serve" : mode->second,
                          setup.data_directory, setup.self.id.value == 1 ? "leader" : "follower"},
            .environment = {}};
  }
  adapters::NodeStatus probe(const adapters::NodeAddress& node,
                             base::Duration timeout) const override {
    const bool serves = LineClient(node.host).ask("ping", timeout) == "pong";
    adapters::NodeStatus status{.serving = serves};
    if (serves && !settings_.beacons) {
      status.leader = base::NodeId(2);
      status.term = base::Term(7);
    }
    return status;
  }
  bool has_beacons() const override { return settings_.beacons; }
  std::unique_ptr<adapters::Client> connect(const std::vector<adapters::NodeAddress>& nodes,
                                            base::ProcessId process) const override {
    return std::make_unique<TinyClient>(nodes[process.value % nodes.size()].host,
                                        settings_.trivial_client);
  }
  std::string promised_consistency() const override { return "linearizable"; }
  std::vector<model::Function> functions() const override {
    return {model::function::read, model::function::write};
  }
  std::vector<adapters::NodeAddress> external_nodes() const override { return settings_.external; }

 private:
  TinySettings settings_;
};

}  // namespace

std::shared_ptr<const adapters::System> make_tiny_system(TinySettings settings) {
  return std::make_shared<const TinySystem>(std::move(settings));
}

}  // namespace eris::live::testing
