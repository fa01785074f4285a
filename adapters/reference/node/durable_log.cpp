#include "adapters/reference/node/durable_log.hpp"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include <sys/eventfd.h>

#include "adapters/reference/node/file_descriptor.hpp"
#include "harness/base/assert.hpp"

namespace eris::node {
namespace {

std::size_t bytes_of(const DurableLog::Action& action) {
  if (const auto* append = std::get_if<core::Append>(&action)) return append->record.size();
  const auto& checkpoint = std::get<core::Checkpoint>(action);
  std::size_t bytes = checkpoint.snapshot.size();
  for (const std::string& record : checkpoint.records) bytes += record.size();
  return bytes;
}

}  // namespace

struct DurableLog::State {
  State(LogFile opened, FileDescriptor eventfd)
      : file(std::move(opened)), wake(std::move(eventfd)) {}

  void run();
  [[nodiscard]] base::Result<void> write(std::vector<Action> actions);
  void finished(const std::vector<Action>& actions, std::size_t first, std::size_t end);
  void signal() const;

  LogFile file;
  FileDescriptor wake;
  std::atomic<core::PersistCount> durable{0};
  std::atomic<std::size_t> waiting_bytes{0};

  mutable std::mutex mutex;  ///< guards what follows
  std::condition_variable more;
  std::vector<Action> queue;
  bool closing = false;
  std::optional<base::Error> failure;

  std::thread writer;
};

void DurableLog::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    more.wait(lock, [this] { return closing || !queue.empty(); });
    if (queue.empty()) return;
    std::vector<Action> actions = std::exchange(queue, {});
    lock.unlock();
    auto written = write(std::move(actions));
    lock.lock();
    if (!written) {
      failure = std::move(written).error();
      signal();
      return;
    }
  }
}

/// Writes neighbouring records as one block, and each checkpoint by itself.
base::Result<void> DurableLog::State::write(std::vector<Action> actions) {
  std::size_t first = 0;
  while (first < actions.size()) {
    std::size_t end = first;
    if (const auto* checkpoint = std::get_if<core::Checkpoint>(&actions[first])) {
      ERIS_CHECK_OK(file.replace(*checkpoint));
      ++end;
    } else {
      std::vector<std::string> records;
      for (; end < actions.size(); ++end) {
        const auto* append = std::get_if<core::Append>(&actions[end]);
        if (append == nullptr) break;
        records.push_back(append->record);
      }
      ERIS_CHECK_OK(file.append(records));
    }
    finished(actions, first, end);
    first = end;
  }
  return {};
}

void DurableLog::State::finished(const std::vector<Action>& actions, std::size_t first,
                                 std::size_t end) {
  for (std::size_t i = first; i < end; ++i) waiting_bytes -= bytes_of(actions[i]);
  durable += end - first;
  signal();
}

void DurableLog::State::signal() const {
  // It fails only when the counter is near 2^64, that is, when the reader is awake already.
  [[maybe_unused]] const int ignored = ::eventfd_write(wake.get(), 1);
}

base::Result<DurableLog::Opened> DurableLog::open(const LogOptions& options) {
  ERIS_TRY(LogFile::Opened opened, LogFile::open(options));
  FileDescriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wake.open()) return base::system_error("cannot make an eventfd", errno);
  auto state = std::make_unique<State>(std::move(opened.file), std::move(wake));
  State* shared = state.get();
  state->writer = std::thread([shared] { shared->run(); });
  return Opened{.log = std::unique_ptr<DurableLog>(new DurableLog(std::move(state))),
                .recovered = std::move(opened.recovered),
                .remark = std::move(opened.remark)};
}

DurableLog::DurableLog(std::unique_ptr<State> state) : state_(std::move(state)) {}

DurableLog::~DurableLog() {
  close();
}

void DurableLog::submit(std::vector<Action> actions) {
  if (actions.empty()) return;
  std::size_t bytes = 0;
  for (const Action& action : actions) bytes += bytes_of(action);
  state_->waiting_bytes += bytes;
  {
    const std::lock_guard lock(state_->mutex);
    ERIS_ASSERT(!state_->closing, "nothing is submitted after close()");
    state_->queue.insert(state_->queue.end(), std::make_move_iterator(actions.begin()),
                         std::make_move_iterator(actions.end()));
  }
  state_->more.notify_one();
}

core::PersistCount DurableLog::durable() const {
  return state_->durable;
}

std::size_t DurableLog::waiting_bytes() const {
  return state_->waiting_bytes;
}

std::optional<base::Error> DurableLog::failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

int DurableLog::wake_descriptor() const {
  return state_->wake.get();
}

void DurableLog::close() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->more.notify_one();
  if (state_->writer.joinable()) state_->writer.join();
}

}  // namespace eris::node
