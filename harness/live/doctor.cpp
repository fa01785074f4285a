#include "harness/live/doctor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/live/janitor.hpp"
#include "harness/live/namespaces.hpp"
#include "harness/live/netlink.hpp"
#include "harness/live/network.hpp"
#include "harness/live/trial.hpp"

namespace eris::live {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Text = base::Result<std::string>;

constexpr base::Duration trial_timeout = 10s;

bool is_root() {
  return ::geteuid() == 0;
}

base::Result<void> enter(const NamespaceChoice& choice) {
  const NamespaceFailure failure = enter_namespaces(choice);
  if (failure.step != NamespaceFailure::Step::none)
    return std::unexpected(explain(failure, choice));
  return {};
}

/// As the sandbox does: with a user namespace where we are not root, or where root is not enough.
base::Result<void> enter_with_network() {
  if (is_root()) {
    const NamespaceFailure failure = enter_namespaces({.network = true});
    if (failure.step == NamespaceFailure::Step::none) return {};
  }
  return enter({.user = true, .network = true});
}

// ---- trials: each runs in a child process and says what it saw

Text try_user_namespace() {
  ERIS_CHECK_OK(enter({.user = true}));
  return "an ordinary user can be root in one";
}

Text try_pid_namespace() {
  const NamespaceChoice choice{.user = !is_root(), .pid = true, .mount = true};
  ERIS_CHECK_OK(enter(choice));
  const pid_t child = ::fork();
  if (child == 0) {
    const NamespaceFailure failure = mount_fresh_proc();
    ::_exit(failure.code);  // errno values fit an exit code
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
  if (code != 0)
    return std::unexpected(explain({NamespaceFailure::Step::mount_proc, code}, choice));
  return "with a /proc of its own: no node outlives the harness";
}

Text try_process_descriptor() {
  ERIS_TRY(const UniqueFd self, open_process(::getpid()));
  return "pidfd_open works";
}

Text try_network_namespace() {
  ERIS_CHECK_OK(enter_with_network());
  ERIS_TRY(const UniqueFd space, make_network_namespace());
  return "each node can have an address of its own";
}

Text try_bridge() {
  ERIS_CHECK_OK(enter_with_network());
  ERIS_TRY(Netlink netlink, Netlink::open());
  ERIS_TRY(const DeviceIndex bridge, netlink.create_bridge("trial"));
  return fmt::format("made as device {}", bridge);
}

Text try_veth() {
  ERIS_CHECK_OK(enter_with_network());
  ERIS_TRY(Netlink netlink, Netlink::open());
  ERIS_TRY(const DeviceIndex device,
           netlink.create_veth({.name = "trial0", .peer_name = "trial1"}));
  return fmt::format("made as device {}", device);
}

/// Adds a queueing discipline where one would be used for delay and loss.
Text try_discipline(const std::string& kind) {
  ERIS_CHECK_OK(enter_with_network());
  ERIS_TRY(Netlink netlink, Netlink::open());
  ERIS_TRY(const DeviceIndex device,
           netlink.create_veth({.name = "trial0", .peer_name = "trial1"}));
  ERIS_CHECK_OK(netlink.add_discipline(device, kind));
  return "added to a veth device";
}

/// A UDP socket made in a namespace; it stays there.
base::Result<UniqueFd> udp_socket_in(int namespace_fd, const std::string& address) {
  UniqueFd made;
  int code = 0;
  std::thread([&] {
    if (!enter_network_namespace(namespace_fd)) {
      code = errno;
      return;
    }
    made = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in self{.sin_family = AF_INET, .sin_port = ::htons(9), .sin_addr = {}, .sin_zero = {}};
    ::inet_pton(AF_INET, address.c_str(), &self.sin_addr);
    if (!made.valid() || ::bind(made.get(), reinterpret_cast<sockaddr*>(&self), sizeof self) != 0)
      code = errno;
  }).join();
  if (code != 0) return base::system_error("cannot make a UDP socket", code, address);
  return made;
}

bool reaches(const UniqueFd& from, const UniqueFd& to, const std::string& address,
             std::chrono::milliseconds patience) {
  sockaddr_in target{.sin_family = AF_INET, .sin_port = ::htons(9), .sin_addr = {}, .sin_zero = {}};
  ::inet_pton(AF_INET, address.c_str(), &target.sin_addr);
  // Devices may take a moment to carry packets after they were set up: send until one arrives.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    ::sendto(from.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&target), sizeof target);
    pollfd watched{.fd = to.get(), .events = POLLIN, .revents = 0};
    char byte = 0;
    if (::poll(&watched, 1, 10) == 1 && ::recv(to.get(), &byte, 1, MSG_DONTWAIT) == 1) return true;
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

Text try_cut() {
  ERIS_CHECK_OK(enter_with_network());
  ERIS_TRY(VirtualNetwork network, VirtualNetwork::create(2));
  const base::NodeId one(1);
  const base::NodeId two(2);
  ERIS_TRY(const UniqueFd from,
           udp_socket_in(network.node_namespace(one), VirtualNetwork::address_of(one)));
  const std::string target = VirtualNetwork::address_of(two);
  ERIS_TRY(const UniqueFd to, udp_socket_in(network.node_namespace(two), target));
  if (!reaches(from, to, target, 3s))
    return base::environment_error("packets do not pass between two namespaces", "veth, bridge",
                                   "a firewall on bridges (net.bridge.bridge-nf-call-iptables) "
                                   "may drop them");
  const std::vector<model::Link> link{{one, two}};
  ERIS_TRY(const auto before, network.cut(link));
  if (reaches(from, to, target, 50ms))
    return base::environment_error("a cut link still carries packets", "neighbour entry");
  ERIS_TRY(const auto after, network.heal(link));
  if (!before[0].cut || after[0].packets_dropped == 0)
    return base::environment_error("a cut could not be proved", "neighbour entry");
  if (!reaches(from, to, target, 3s))
    return base::environment_error("a healed link carries no packets", "neighbour entry");
  return fmt::format("{} packets vanished silently and were counted", after[0].packets_dropped);
}

/// The mount point of the cgroup v2 hierarchy and this process's group in it.
base::Result<fs::path> own_cgroup() {
  std::string mount_point;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device, where, type;
    words >> device >> where >> type;
    if (type == "cgroup2") mount_point = where;
  }
  if (mount_point.empty())
    return base::environment_error("no cgroup v2 hierarchy is mounted", "/proc/self/mounts",
                                   "not needed where PID namespaces work");
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::")) return fs::path(mount_point + line.substr(3));
  return base::environment_error("this process is in no cgroup", "/proc/self/cgroup");
}

Text try_cgroup_kill() {
  ERIS_TRY(const fs::path parent, own_cgroup());
  const fs::path group = parent / fmt::format("eris-trial-{}", ::getpid());
  std::error_code code;
  if (!fs::create_directory(group, code))
    return base::system_error("cannot make a cgroup", code.value(), parent,
                              "not needed where PID namespaces work");
  std::ofstream file(group / "cgroup.kill");
  const bool written = static_cast<bool>(file << "1" << std::flush);
  file.close();
  fs::remove(group, code);
  if (!written)
    return base::environment_error("cgroup.kill cannot be written", group,
                                   "Linux 5.14 or later has it; not needed where PID namespaces "
                                   "work");
  return "a whole cgroup can be killed at once";
}

Text try_free_disk() {
  struct statvfs disk{};
  if (::statvfs(".", &disk) != 0)
    return base::system_error("cannot ask for free disk space", errno, fs::current_path());
  const auto free_mib = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >> 20;
  const std::string seen = base::with_separators(free_mib) + " MiB free here";
  if (free_mib < 1024)
    return base::environment_error(seen, fs::current_path(),
                                   "a minute's run may take 1 GiB; free some, or run elsewhere");
  return seen;
}

Text try_fsync() {
  constexpr std::size_t rounds = 20;
  const fs::path path = fmt::format(".eris-fsync-trial-{}", ::getpid());
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid())
    return base::system_error("cannot write here", errno, fs::current_path(),
                              "run in a directory of your own");
  ::unlink(path.c_str());
  std::vector<base::Duration> times;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto began = std::chrono::steady_clock::now();
    if (::write(file.get(), "x", 1) != 1 || ::fdatasync(file.get()) != 0)
      return base::system_error("cannot sync a file", errno, fs::current_path());
    times.push_back(std::chrono::steady_clock::now() - began);
  }
  std::ranges::sort(times);
  return fmt::format("{} in the middle, {} at worst, here",
                     base::to_rounded_text(times[rounds / 2]), base::to_rounded_text(times.back()));
}

struct Examination {
  const char* name;
  bool required;
  std::function<Text()> trial;
};

Capability examine(const Examination& examination) {
  Capability capability{.name = examination.name, .required = examination.required};
  const Text seen = try_in_child(examination.trial, trial_timeout);
  capability.available = seen.has_value();
  if (seen) {
    capability.detail = *seen;
  } else {
    capability.detail = seen.error().what;
    if (!seen.error().where.empty()) capability.detail += " (" + seen.error().where + ")";
    capability.remedy = seen.error().next_step;
  }
  return capability;
}

std::vector<Examination> examinations() {
  return {
      {"user namespaces", !is_root(), try_user_namespace},
      {"PID namespaces", false, try_pid_namespace},
      {"process descriptors", true, try_process_descriptor},
      {"network namespaces", true, try_network_namespace},
      {"veth", true, try_veth},
      {"bridge", true, try_bridge},
      {"network cuts", true, try_cut},
      {"netem", false, [] { return try_discipline("netem"); }},
      {"clsact", false, [] { return try_discipline("clsact"); }},
      {"cgroup kill", false, try_cgroup_kill},
      {"disk space", false, try_free_disk},
      {"fsync", false, try_fsync},
  };
}

Capability describe_user() {
  Capability user{.name = "root", .available = true};
  user.detail = is_root() ? "running as root" : "running as an ordinary user; not needed";
  return user;
}

Capability describe_machine() {
  utsname system{};
  ::uname(&system);
  return {.name = "machine",
          .available = true,
          .detail = fmt::format("{} {}, {}", system.sysname, system.release,
                                base::count_of(std::thread::hardware_concurrency(), "processor"))};
}

}  // namespace

std::vector<Capability> examine_machine() {
  std::vector<Capability> capabilities{describe_machine(), describe_user()};
  for (const Examination& examination : examinations())
    capabilities.push_back(examine(examination));
  return capabilities;
}

std::optional<base::Error> why_no_live_runs() {
  for (const Examination& examination : examinations()) {
    if (!examination.required) continue;
    const Capability capability = examine(examination);
    if (!capability.available)
      return base::environment_error(
                 fmt::format("{} do not work here: {}", capability.name, capability.detail),
                 "eris doctor", capability.remedy)
          .error();
  }
  return std::nullopt;
}

}  // namespace eris::live
