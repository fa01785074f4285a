// What a run may leave on the machine: processes, network namespaces, links, mounts, files.
//
// A run is told from others by a variable in its environment, which all of its processes inherit,
// so that the tests hold on a machine on which other things happen.
// Thread rule: reads /proc and the host's links; one thread.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace eris::end_to_end {

class Remains {
 public:
  /// Takes the state before. `directory` is the test's; temporary files of the run go below it.
  explicit Remains(const std::filesystem::path& directory);

  /// To be given to the run.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;

  /// Processes of the run that still live; zombies count as gone.
  [[nodiscard]] std::vector<pid_t> processes() const;
  /// Those of a given name ("eris-keeper"), as the kernel shows it.
  [[nodiscard]] std::vector<pid_t> processes_named(const std::string& name) const;
  /// Notes the network namespaces that the run has now.
  void note_namespaces();
  [[nodiscard]] std::size_t noted_namespaces() const { return namespaces_.size(); }

  /// What is left, a line each; empty when there is nothing.
  [[nodiscard]] std::vector<std::string> left(const std::filesystem::path& run_directory) const;

 private:
  std::string marker_;
  std::filesystem::path temporary_;
  std::set<std::string> namespaces_;
  std::set<std::string> links_before_;
  std::string mounts_before_;
};

}  // namespace eris::end_to_end
