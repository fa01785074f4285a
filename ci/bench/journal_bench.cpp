// What recording an event and reading one back cost. The figures that matter: append stays far
// under 2 µs an operation (two events), and a million operations are read in under a second, into
// under 200 bytes each.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "harness/base/rng.hpp"
#include "harness/journal/journal.hpp"

namespace {

using namespace eris;
using model::Event;
using model::Value;

/// A file in the working directory (a journal's own disk, not a memory file system) that goes away.
class ScratchFile {
 public:
  ScratchFile() : path_("journal_bench." + std::to_string(::getpid()) + ".jsonl") { remove(); }
  ~ScratchFile() { remove(); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  void remove() const { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Reads, writes and cas of 100 keys by 16 processes, in turn, as the register workload does.
class Operations {
 public:
  explicit Operations(bool text_keys) : text_keys_(text_keys) {}

  std::pair<Event, Event> next() {
    const auto number = static_cast<std::int64_t>(count_++);
    model::Op op{.process = base::ProcessId(count_ % 16), .key = key()};
    model::Outcome outcome{.status = model::Status::ok};
    switch (rng_.below(3)) {
      case 0:
        op.function = model::function::read;
        outcome.result = number;
        break;
      case 1:
        op.function = model::function::write;
        op.argument = number;
        break;
      default:
        op.function = model::function::cas;
        op.argument = Value(Value::List{number - 1, number});
    }
    return {Event{.what = model::Invoked{op}}, Event{.what = model::Completed{op, outcome}}};
  }

 private:
  Value key() {
    const auto number = static_cast<std::int64_t>(rng_.below(100));
    return text_keys_ ? Value("key-" + std::to_string(number)) : Value(number);
  }

  base::Rng rng_{1};
  std::uint64_t count_ = 0;
  bool text_keys_;
};

void write_operations(const std::filesystem::path& path, std::uint64_t count, bool text_keys) {
  auto writer = journal::Writer::create(path, {}).value();
  Operations operations(text_keys);
  std::int64_t nanoseconds = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto [invoked, completed] = operations.next();
    writer.append(base::Instant(nanoseconds += 1'000), invoked).value();
    writer.append(base::Instant(nanoseconds += 100'000), completed).value();
  }
  writer.close().value();
}

/// Memory of this process that is its own: without the pages of the mapped file.
std::uint64_t anonymous_memory_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

/// One iteration is one operation: an invocation and its completion.
void AppendOperation(benchmark::State& state) {
  const ScratchFile file;
  auto writer = journal::Writer::create(file.path(), {}).value();
  Operations operations(state.range(0) != 0);
  std::vector<std::pair<Event, Event>> prepared;
  for (int i = 0; i < 1'000; ++i) prepared.push_back(operations.next());
  std::size_t at = 0;
  std::int64_t nanoseconds = 0;
  for (auto _ : state) {
    const auto& [invoked, completed] = prepared[at++ % prepared.size()];
    writer.append(base::Instant(nanoseconds += 1'000), invoked).value();
    writer.append(base::Instant(nanoseconds += 100'000), completed).value();
  }
  writer.close().value();
}
BENCHMARK(AppendOperation)->ArgName("text_keys")->Arg(0)->Arg(1)->Iterations(1'000'000);

void ReadMillionOperations(benchmark::State& state) {
  constexpr std::uint64_t count = 1'000'000;
  const ScratchFile file;
  write_operations(file.path(), count, state.range(0) != 0);
  double bytes_per_operation = 0;
  for (auto _ : state) {
    const std::uint64_t before = anonymous_memory_bytes();
    const model::History history = journal::read(file.path()).value();
    benchmark::DoNotOptimize(history.operations.size());
    bytes_per_operation = static_cast<double>(anonymous_memory_bytes() - before) / count;
  }
  state.counters["bytes_per_operation"] = bytes_per_operation;
  state.counters["file_bytes_per_operation"] =
      static_cast<double>(std::filesystem::file_size(file.path())) / count;
}
BENCHMARK(ReadMillionOperations)
    ->ArgName("text_keys")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);

}  // namespace

BENCHMARK_MAIN();
