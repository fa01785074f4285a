#include "ci/end_to_end/remains.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <system_error>

#include <net/if.h>

#include "ci/end_to_end/eris_command.hpp"

namespace eris::end_to_end {

namespace fs = std::filesystem;

namespace {

constexpr const char* marker_name = "ERIS_END_TO_END";

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  std::error_code ignored;  // processes come and go while we look
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (problem == std::errc{} && end == name.data() + name.size()) found.push_back(process);
  }
  return found;
}

fs::path proc(pid_t process) {
  return fs::path("/proc") / std::to_string(process);
}

std::string network_namespace_of(pid_t process) {
  std::error_code gone;
  return fs::read_symlink(proc(process) / "ns/net", gone).string();
}

std::set<std::string> host_links() {
  std::set<std::string> names;
  struct if_nameindex* links = ::if_nameindex();
  for (const auto* link = links; link != nullptr && link->if_index != 0; ++link)
    names.insert(link->if_name);
  ::if_freenameindex(links);
  return names;
}

}  // namespace

Remains::Remains(const fs::path& directory)
    : marker_(std::to_string(std::random_device{}())),
      temporary_(directory / "tmp"),
      links_before_(host_links()),
      mounts_before_(read("/proc/self/mounts")) {
  fs::create_directories(temporary_);
}

std::vector<std::pair<std::string, std::string>> Remains::environment() const {
  return {{marker_name, marker_}, {"TMPDIR", temporary_.string()}};
}

std::vector<pid_t> Remains::processes() const {
  const std::string entry = std::string(marker_name) + "=" + marker_;
  std::vector<pid_t> found;
  for (const pid_t process : all_processes())
    if (read(proc(process) / "environ").find(entry) != std::string::npos) found.push_back(process);
  return found;
}

std::vector<pid_t> Remains::processes_named(const std::string& name) const {
  std::vector<pid_t> found = processes();
  std::erase_if(found, [&](pid_t process) { return read(proc(process) / "comm") != name + "\n"; });
  return found;
}

void Remains::note_namespaces() {
  const std::string own = fs::read_symlink("/proc/self/ns/net").string();
  for (const pid_t process : processes()) {
    const std::string space = network_namespace_of(process);
    if (!space.empty() && space != own) namespaces_.insert(space);
  }
}

std::vector<std::string> Remains::left(const fs::path& run_directory) const {
  std::vector<std::string> lines;
  for (const pid_t process : processes())
    lines.push_back("process " + std::to_string(process) + " " + read(proc(process) / "comm"));
  for (const pid_t process : all_processes())
    if (namespaces_.contains(network_namespace_of(process)))
      lines.push_back("a namespace of the run, held by process " + std::to_string(process));
  for (const std::string& link : host_links())
    if (!links_before_.contains(link)) lines.push_back("link " + link);
  if (read("/proc/self/mounts") != mounts_before_) lines.emplace_back("a mount");
  std::error_code ignored;
  if (fs::exists(run_directory / "data", ignored)) lines.emplace_back("the nodes' data");
  if (!fs::is_empty(temporary_, ignored)) lines.emplace_back("temporary files");
  return lines;
}

}  // namespace eris::end_to_end
