// A run for the tests of the sandbox: a network, two nodes and a daemon that one of them left
// behind, kept up until it is interrupted. Usage: eris_sandbox_probe DIRECTORY
// pid-namespace|fallback Prints "ready" when all is up, then the outcome of the sandbox. Exit code:
// the body's, or 99.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "harness/live/network.hpp"
#include "harness/live/process.hpp"
#include "harness/live/sandbox.hpp"

namespace {

namespace live = eris::live;
namespace fs = std::filesystem;

constexpr int interrupted_code = 5;

int complain(const eris::base::Error& error) {
  std::fprintf(stderr, "%s\n", eris::base::to_text(error).c_str());
  return 98;
}

int body(const fs::path& directory, bool stubborn) {
  auto network = live::VirtualNetwork::create(2);
  if (!network) return complain(network.error());
  const fs::path data = directory / "data";
  std::ofstream(data / "log") << "something";
  std::vector<std::unique_ptr<live::NodeProcess>> nodes;
  for (const std::uint32_t number : {1U, 2U}) {
    // A node with a helper that leaves its session, as a daemon does.
    auto node = live::NodeProcess::start(
        {.launch = {.program = "sh",
                    .arguments = {"-c", "setsid sleep 1000 >/dev/null & echo up; exec sleep 1000"},
                    .environment = {}},
         .network_namespace = network->node_namespace(eris::base::NodeId(number)),
         .working_directory = data,
         .stderr_log = directory / "stderr.log"});
    if (!node) return complain(node.error());
    pollfd says_up{.fd = (*node)->output_fd(), .events = POLLIN, .revents = 0};
    ::poll(&says_up, 1, 5000);
    nodes.push_back(*std::move(node));
  }
  std::puts("ready");
  std::fflush(stdout);
  while (!live::interrupted() || stubborn) ::poll(nullptr, 0, 5);
  return interrupted_code;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const fs::path directory = argv[1];
  const std::string mode = argv[2];
  fs::create_directories(directory / "data");
  const auto code = live::run_in_sandbox({.run_directory = directory,
                                          .temporary_directories = {directory / "data"},
                                          .pid_namespace = mode != "fallback"},
                                         [&] { return body(directory, mode == "stubborn"); });
  std::printf("%s\n", code ? "returned" : eris::base::to_text(code.error()).c_str());
  return code ? *code : 99;
}
