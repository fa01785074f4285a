#include "harness/live/client_pool.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "harness/base/assert.hpp"
#include "harness/live/namespaces.hpp"

namespace eris::live {

namespace {

/// What every worker needs, alive for as long as the last abandoned thread.
struct Shared {
  ClientPoolOptions options;
  std::shared_ptr<EventQueue> queue;
};

model::Outcome unknown(std::string why) {
  return {.status = model::Status::info, .result = {}, .error = std::move(why)};
}
/// For an operation that was certainly never sent.
model::Outcome unsent(std::string why) {
  return {.status = model::Status::fail, .result = {}, .error = std::move(why)};
}

}  // namespace

/// One thread with a place for one operation.
struct ClientPool::Worker {
  enum class Phase { idle, busy, abandoned, ends, ended };

  explicit Worker(std::shared_ptr<const Shared> shared_state) : shared(std::move(shared_state)) {}

  const std::shared_ptr<const Shared> shared;
  std::mutex mutex;  ///< guards phase, op
  std::condition_variable changed;
  Phase phase = Phase::idle;
  std::optional<model::Op> op;  ///< handed over, not yet taken
  model::Op current;            ///< the last one handed over; of the run loop
  std::uint64_t turn = 0;       ///< counts operations; of the run loop

  // Of the thread:
  std::unique_ptr<adapters::Client> client;
  base::ProcessId client_process;

  void run();
  void ask_to_end();
  bool has_ended_by(Clock::time_point deadline);
  std::optional<model::Op> take();
  model::Outcome execute(const model::Op& operation);
  /// False when the operation was given up meanwhile.
  bool deliver(model::Op operation, model::Outcome outcome);
};

std::optional<model::Op> ClientPool::Worker::take() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return op || phase == Phase::ends || phase == Phase::abandoned; });
  return std::exchange(op, std::nullopt);
}

model::Outcome ClientPool::Worker::execute(const model::Op& operation) {
  try {
    if (!client || client_process != operation.process) {
      client.reset();
      client = shared->options.system->connect(shared->options.addresses, operation.process);
      client_process = operation.process;
    }
  } catch (const std::exception& error) {
    return unsent(std::string("the adapter threw while connecting: ") + error.what());
  }
  try {
    return client->invoke(operation, shared->options.operation_timeout);
  } catch (const std::exception& error) {
    return unknown(std::string("the adapter threw: ") + error.what());
  }
}

bool ClientPool::Worker::deliver(model::Op operation, model::Outcome outcome) {
  const std::lock_guard lock(mutex);
  if (phase != Phase::busy) return false;
  phase = Phase::idle;
  shared->queue->push(run::Completion{.op = std::move(operation), .outcome = std::move(outcome)});
  changed.notify_all();
  return true;
}

void ClientPool::Worker::run() {
  base::Result<void> entered;
  if (shared->options.network_namespace >= 0)
    entered = enter_network_namespace(shared->options.network_namespace);
  while (auto operation = take()) {
    model::Outcome outcome = entered ? execute(*operation) : unsent(base::to_text(entered.error()));
    if (!deliver(*std::move(operation), std::move(outcome))) break;
  }
  client.reset();  // here, since a client belongs to one thread
  const std::lock_guard lock(mutex);
  phase = Phase::ended;
  changed.notify_all();
}

void ClientPool::Worker::ask_to_end() {
  const std::lock_guard lock(mutex);
  if (phase != Phase::ended) phase = Phase::ends;
  changed.notify_all();
}

bool ClientPool::Worker::has_ended_by(Clock::time_point deadline) {
  std::unique_lock lock(mutex);
  return changed.wait_until(lock, deadline, [&] { return phase == Phase::ended; });
}

struct ClientPool::State {
  struct Running {
    std::shared_ptr<Worker> worker;
    std::thread thread;
  };
  /// An operation that must be over by then. In the order of invocation, hence of deadlines.
  struct Watched {
    Clock::time_point deadline;
    std::shared_ptr<Worker> worker;
    std::uint64_t turn = 0;
  };

  std::shared_ptr<const Shared> shared;
  std::vector<Running> workers;
  std::unordered_map<base::ProcessId, std::size_t> worker_of;
  std::deque<Watched> watched;

  Running start_worker() const;
  std::size_t worker_for(base::ProcessId process);
  void drop_finished();
  bool give_up(Worker& worker);
  void replace(const std::shared_ptr<Worker>& worker);
};

ClientPool::State::Running ClientPool::State::start_worker() const {
  auto worker = std::make_shared<Worker>(shared);
  return {.worker = worker, .thread = std::thread([worker] { worker->run(); })};
}

std::size_t ClientPool::State::worker_for(base::ProcessId process) {
  if (const auto known = worker_of.find(process); known != worker_of.end()) return known->second;
  const auto is_idle = [&](std::size_t index) {
    const std::lock_guard lock(workers[index].worker->mutex);
    return workers[index].worker->phase == Worker::Phase::idle;
  };
  // The run loop numbers the successor of a retired process so that it falls on the same place.
  std::size_t index = static_cast<std::size_t>(process.value % shared->options.concurrency);
  if (!is_idle(index)) {
    index = workers.size();
    workers.push_back(start_worker());
  }
  std::erase_if(worker_of, [&](const auto& entry) { return entry.second == index; });
  worker_of.emplace(process, index);
  return index;
}

/// Forgets operations at the front of the line that are over.
void ClientPool::State::drop_finished() {
  while (!watched.empty()) {
    Worker& worker = *watched.front().worker;
    if (worker.turn == watched.front().turn) {
      const std::lock_guard lock(worker.mutex);
      if (worker.phase == Worker::Phase::busy) return;
    }
    watched.pop_front();
  }
}

/// False when the answer came at the last moment.
bool ClientPool::State::give_up(Worker& worker) {
  const std::lock_guard lock(worker.mutex);
  if (worker.phase != Worker::Phase::busy) return false;
  worker.phase = Worker::Phase::abandoned;
  shared->queue->push(run::Completion{
      .op = worker.current,
      .outcome = unknown("adapter hung: it did not return in time and was given up")});
  worker.changed.notify_all();
  return true;
}

void ClientPool::State::replace(const std::shared_ptr<Worker>& worker) {
  for (Running& running : workers)
    if (running.worker == worker) {
      running.thread.detach();  // it owns what it needs, and ends when its client returns
      running = start_worker();
      return;
    }
}

ClientPool::ClientPool(ClientPoolOptions options, std::shared_ptr<EventQueue> queue)
    : state_(std::make_unique<State>()) {
  ERIS_ASSERT(options.concurrency >= 1, "validate() bounds the concurrency");
  const unsigned count = options.concurrency;
  state_->shared = std::make_shared<const Shared>(
      Shared{.options = std::move(options), .queue = std::move(queue)});
  for (unsigned i = 0; i < count; ++i) state_->workers.push_back(state_->start_worker());
}

ClientPool::~ClientPool() {
  stop();
}

void ClientPool::invoke(const model::Op& op) {
  const std::size_t index = state_->worker_for(op.process);
  const std::shared_ptr<Worker>& worker = state_->workers[index].worker;
  worker->current = op;
  ++worker->turn;
  {
    const std::lock_guard lock(worker->mutex);
    ERIS_ASSERT(worker->phase == Worker::Phase::idle, "a process has one operation open at most");
    worker->phase = Worker::Phase::busy;
    worker->op = op;
  }
  worker->changed.notify_all();
  const auto& options = state_->shared->options;
  state_->watched.push_back(
      {.deadline = Clock::now() + options.operation_timeout + options.hang_grace,
       .worker = worker,
       .turn = worker->turn});
}

std::optional<ClientPool::Clock::time_point> ClientPool::next_hang_deadline() {
  state_->drop_finished();
  if (state_->watched.empty()) return std::nullopt;
  return state_->watched.front().deadline;
}

void ClientPool::give_up_hanging() {
  const auto now = Clock::now();
  for (auto next = next_hang_deadline(); next && *next <= now; next = next_hang_deadline()) {
    const auto worker = state_->watched.front().worker;
    state_->watched.pop_front();
    if (state_->give_up(*worker)) state_->replace(worker);
  }
}

void ClientPool::stop() {
  while (const auto deadline = next_hang_deadline()) {
    Worker& worker = *state_->watched.front().worker;
    std::unique_lock lock(worker.mutex);
    worker.changed.wait_until(lock, *deadline, [&] { return worker.phase != Worker::Phase::busy; });
    lock.unlock();
    give_up_hanging();
  }
  for (const State::Running& running : state_->workers) running.worker->ask_to_end();
  const auto deadline = Clock::now() + state_->shared->options.hang_grace;
  for (State::Running& running : state_->workers) {
    if (running.worker->has_ended_by(deadline))
      running.thread.join();
    else
      running.thread.detach();  // its client hangs in its destructor; it owns what it needs
  }
  state_->workers.clear();
  state_->worker_of.clear();
}

}  // namespace eris::live
