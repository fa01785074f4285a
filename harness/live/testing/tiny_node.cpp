// A node for the tests of harness/live: a register server over TCP, one line a request.
// Usage: eris_tiny_node HOST MODE DATA_DIRECTORY ROLE
//   serve      answers "read", "write N", "ping", "starts" (how often it was started on its data)
//   exit       says why on stderr and exits with status 3 at once
//   silent     never listens
//   stubborn   serves, and ignores SIGTERM
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int port = 7000;

std::mutex mutex;
std::string value = "nil";
int starts = 0;

std::string answer(const std::string& request) {
  const std::lock_guard lock(mutex);
  if (request == "ping") return "pong";
  if (request == "read") return value;
  if (request == "starts") return std::to_string(starts);
  if (request.starts_with("write ")) {
    value = request.substr(6);
    return "ok";
  }
  return "what?";
}

void serve(int connection) {
  std::string pending;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(connection, buffer, sizeof buffer)) > 0;) {
    pending.append(buffer, static_cast<std::size_t>(count));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      const std::string reply = answer(pending.substr(0, end)) + "\n";
      pending.erase(0, end + 1);
      if (::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
    }
  }
  ::close(connection);
}

int count_starts(const std::string& directory) {
  int count = 0;
  std::ifstream(directory + "/starts") >> count;
  std::ofstream(directory + "/starts") << ++count;
  return count;
}

int listen_at(const char* host) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in self{
      .sin_family = AF_INET, .sin_port = ::htons(port), .sin_addr = {}, .sin_zero = {}};
  ::inet_pton(AF_INET, host, &self.sin_addr);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&self), sizeof self) != 0 ||
      ::listen(listener, 128) != 0) {
    std::perror(host);
    return -1;
  }
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 64;
  const std::string mode = argv[2];
  if (mode == "exit") {
    std::fprintf(stderr, "first line\ncannot open the write-ahead log\n");
    return 3;
  }
  if (mode == "silent") return ::pause();
  if (mode == "stubborn") ::signal(SIGTERM, SIG_IGN);
  starts = count_starts(argv[3]);
  const int listener = listen_at(argv[1]);
  if (listener < 0) return 1;
  std::printf("hello\n{\"beacon\":{\"role\":\"%s\",\"term\":%d}}\n", argv[4], starts);
  std::printf("{\"beacon\":{\"role\":\"%s\",\"term\":%d}}\n", argv[4], starts);
  std::fflush(stdout);
  for (;;) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection >= 0) std::thread(serve, connection).detach();
  }
}
