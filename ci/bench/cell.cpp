#include "ci/bench/cell.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/certify.hpp"
#include "ci/bench/cpu_time.hpp"
#include "harness/base/text.hpp"

namespace eris::bench {

namespace {

constexpr double certificate_seconds_max = 5;

/// A line of /proc/self/status, in megabytes.
double status_megabytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::atof(line.c_str() + name.size()) / 1024;
  return 0;
}

void forget_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << 5;
}

std::string certificate_of(const model::History& history, const std::string& object,
                           const model::CheckResult& result) {
  const checkers::SequentialObject& of = *checkers::find_object(object);
  const auto certificate =
      checkers::linearizability::certify(history, of, result, within(certificate_seconds_max));
  const auto said = checkers::certificates::verify(history, certificate);
  if (!said.accepted) return "refused: " + said.reason;
  return said.proven == result.verdict ? "accepted" : "none";
}

double search_kilobytes(const model::CheckResult& result) {
  const model::Value* searched = model::find(result.statistics, "keys by search");
  const model::Value* bytes = model::find(result.statistics, "search bytes of a key");
  if (searched == nullptr || bytes == nullptr || searched->integer() == 0) return -1;
  return static_cast<double>(bytes->integer()) / 1024;
}

std::string run(const Cell& cell) {
  const model::History history = cell.make();
  const auto checker = cell.checker();
  forget_peak();
  const double before = status_megabytes("VmRSS:");
  const double began = cpu_seconds();
  const model::CheckResult result = check_guarded(*checker, history, within(cell.seconds_max));
  const double seconds = cpu_seconds() - began;
  const double peak = status_megabytes("VmHWM:");
  std::string anomaly, certificate;
  std::size_t witness = 0;
  if (!result.findings.empty()) {
    anomaly = result.findings.front().anomaly;
    witness = result.findings.front().witness.size();
    if (!cell.object.empty()) certificate = certificate_of(history, cell.object, result);
  }
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", seconds, peak - before, before,
                     search_kilobytes(result), to_text(result.verdict), anomaly, witness,
                     certificate, result.reason);
}

Measured parse(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  fields.resize(9);
  return {.seconds = std::atof(fields[0].c_str()),
          .megabytes = std::atof(fields[1].c_str()),
          .history_megabytes = std::atof(fields[2].c_str()),
          .search_kilobytes = std::atof(fields[3].c_str()),
          .reason = fields[8],
          .verdict = fields[4],
          .anomaly = fields[5],
          .witness = std::strtoul(fields[6].c_str(), nullptr, 10),
          .certificate = fields[7]};
}

}  // namespace

Measured measure(const Cell& cell) {
  int ends[2];
  if (pipe(ends) != 0) return {.verdict = "no pipe"};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return {.verdict = "no process"};
  if (child == 0) {
    const std::string line = run(cell);
    const bool written =
        write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string line;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    line.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0)
    return {.verdict = WIFSIGNALED(status) ? fmt::format("ended by signal {}", WTERMSIG(status))
                                           : "failed"};
  return parse(line);
}

}  // namespace eris::bench
