#include "harness/live/namespaces.hpp"

#include <cerrno>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace eris::live {

namespace {

using Step = NamespaceFailure::Step;

/// 0, or errno.
int write_file(const char* path, std::string_view text) {
  const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return errno;
  return ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0
                                                                                          : errno;
}

/// Makes the caller root in its new user namespace. The maps may be written once only, and the
/// group map only after setgroups is forbidden (user_namespaces(7)).
int write_user_maps(uid_t user, gid_t group) {
  if (const int code = write_file("/proc/self/setgroups", "deny"); code != 0 && code != ENOENT)
    return code;
  if (const int code = write_file("/proc/self/uid_map", fmt::format("0 {} 1\n", user)); code != 0)
    return code;
  return write_file("/proc/self/gid_map", fmt::format("0 {} 1\n", group));
}

std::optional<long> read_number(const char* path) {
  std::ifstream file(path);
  long number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

/// The setting that forbids user namespaces here, as a remedy, or a general hint.
std::string user_namespace_remedy() {
  if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
    return "run as root, or allow it: sysctl kernel.unprivileged_userns_clone=1";
  if (read_number("/proc/sys/user/max_user_namespaces") == 0)
    return "run as root, or allow it: sysctl user.max_user_namespaces=10000";
  if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
    return "run as root, or allow it: sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  return "run as root; in a container, start it with --privileged or with "
         "--cap-add SYS_ADMIN --cap-add NET_ADMIN and an open seccomp profile; in a chroot the "
         "kernel forbids it to all but root, where systemd-nspawn does not";
}

/// A namespace limit of zero, which makes unshare fail with ENOSPC.
std::string limit_remedy() {
  for (const char* kind : {"user", "pid", "net", "mnt"}) {
    const std::string path = fmt::format("/proc/sys/user/max_{}_namespaces", kind);
    if (read_number(path.c_str()) == 0)
      return fmt::format("allow it: sysctl user.max_{}_namespaces=10000", kind);
  }
  return "too many namespaces are in use or they are nested too deeply; see /proc/sys/user";
}

std::string names_of(const NamespaceChoice& choice) {
  std::string names;
  const auto add = [&](bool wanted, std::string_view name) {
    if (wanted) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  add(choice.user, "user");
  add(choice.pid, "PID");
  add(choice.mount, "mount");
  add(choice.network, "network");
  return names;
}

std::string_view phrase(Step step) {
  switch (step) {
    case Step::unshare:
      return "entering new namespaces";
    case Step::user_maps:
      return "mapping this user to root in a new user namespace";
    case Step::private_mounts:
      return "making mounts private";
    case Step::mount_proc:
      return "mounting a fresh /proc";
    case Step::none:
      break;
  }
  return "nothing";
}

std::string remedy_for(const NamespaceFailure& failure, const NamespaceChoice& choice) {
  if (failure.step == Step::mount_proc)
    return "parts of /proc are hidden here, as container runtimes do; start the container with "
           "--security-opt systempaths=unconfined";
  if (failure.code == ENOSPC) return limit_remedy();
  if (failure.code == EINVAL) return "this kernel was built without one of them";
  if (choice.user) return user_namespace_remedy();
  return "root lacks CAP_SYS_ADMIN here; start the container with --cap-add SYS_ADMIN "
         "--cap-add NET_ADMIN";
}

/// What the kernel says of its own accord on new devices: IPv6 sends router solicitations and
/// duplicate-address probes, and a bridge announces that it listens for multicast (224.0.0.106) out
/// of all its ports, flooding switched off or not. Off, a quiet network is silent, so that every
/// packet counted as vanished was sent by a node. A kernel without IPv6 has nothing to switch off.
void silence_the_kernel() {
  static_cast<void>(write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
  static_cast<void>(write_file("/proc/sys/net/ipv4/igmp_link_local_mcast_reports", "0"));
}

base::Result<UniqueFd> unshare_network_in_this_thread() {
  if (::unshare(CLONE_NEWNET) != 0)
    return base::system_error("cannot create a network namespace", errno, "unshare",
                              "'eris doctor' says what this machine allows");
  silence_the_kernel();
  UniqueFd fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd.valid())
    return base::system_error("cannot open the new network namespace", errno,
                              "/proc/thread-self/ns/net", "is /proc mounted?");
  return fd;
}

}  // namespace

NamespaceFailure enter_namespaces(const NamespaceChoice& choice) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  const int flags = (choice.user ? CLONE_NEWUSER : 0) | (choice.pid ? CLONE_NEWPID : 0) |
                    (choice.mount ? CLONE_NEWNS : 0) | (choice.network ? CLONE_NEWNET : 0);
  if (flags != 0 && ::unshare(flags) != 0) return {Step::unshare, errno};
  if (choice.user)
    if (const int code = write_user_maps(user, group); code != 0) return {Step::user_maps, code};
  if (choice.mount && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return {Step::private_mounts, errno};
  return {};
}

NamespaceFailure mount_fresh_proc() {
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return {Step::mount_proc, errno};
  return {};
}

base::Error explain(const NamespaceFailure& failure, const NamespaceChoice& choice) {
  return base::system_error(
             fmt::format("{} ({}) is not possible here", phrase(failure.step), names_of(choice)),
             failure.code, "sandbox", remedy_for(failure, choice))
      .error();
}

base::Result<UniqueFd> make_network_namespace() {
  base::Result<UniqueFd> made;
  // A thread of its own enters the namespace and ends; the descriptor keeps it alive.
  std::thread([&] { made = unshare_network_in_this_thread(); }).join();
  return made;
}

base::Result<void> enter_network_namespace(int namespace_fd) {
  if (::setns(namespace_fd, CLONE_NEWNET) != 0)
    return base::system_error("cannot enter a network namespace", errno, "setns",
                              "'eris doctor' says what this machine allows");
  return {};
}

}  // namespace eris::live
