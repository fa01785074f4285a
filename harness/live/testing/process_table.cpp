#include "harness/live/testing/process_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace eris::live::testing {

namespace fs = std::filesystem;

namespace {

std::optional<ProcessRow> read_row(pid_t process) {
  std::ifstream file(fs::path("/proc") / std::to_string(process) / "stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_begin = text.find('(');
  const auto name_end = text.rfind(") ");
  if (name_begin == std::string::npos || name_end == std::string::npos) return std::nullopt;
  ProcessRow row{.id = process, .name = text.substr(name_begin + 1, name_end - name_begin - 1)};
  // Fields 3 (state) to 22 (start time) of proc(5).
  std::istringstream rest(text.substr(name_end + 2));
  pid_t group = 0;
  rest >> row.state >> row.parent >> group >> row.session;
  std::string skipped;
  for (int field = 7; field < 22; ++field) rest >> skipped;
  rest >> row.started;
  return row;
}

}  // namespace

std::vector<ProcessRow> all_processes() {
  std::vector<ProcessRow> rows;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), process);
    if (parsed.ec != std::errc{}) continue;
    if (const auto row = read_row(process)) rows.push_back(*row);
  }
  return rows;
}

std::vector<ProcessRow> family_of(pid_t ancestor) {
  const std::vector<ProcessRow> rows = all_processes();
  std::vector<ProcessRow> family;
  for (const ProcessRow& row : rows)
    if (row.id == ancestor) family.push_back(row);
  for (std::size_t i = 0; i < family.size(); ++i)
    for (const ProcessRow& row : rows)
      if (row.parent == family[i].id) family.push_back(row);
  return family;
}

bool runs(const ProcessRow& row) {
  const auto now = read_row(row.id);
  return now && now->started == row.started && now->state != 'Z' && now->state != 'X';
}

std::string network_namespace_of(pid_t process) {
  std::error_code ignored;
  return fs::read_symlink(fs::path("/proc") / std::to_string(process) / "ns/net", ignored);
}

}  // namespace eris::live::testing
