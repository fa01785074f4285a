// DurableLog: takes a core's Append and Checkpoint actions and makes them durable in order, on a
// thread of its own.
//
// Why a thread: a sync takes as long as the disk likes, and the protocol must go on meanwhile.
// Whatever was submitted while one sync ran is written as one block by the next (group commit), so
// throughput is not bound by the number of syncs a second.
// Thread rule: submit() and close() belong to one thread; the rest may be called from any.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/reference/node/log_file.hpp"
#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

class DurableLog {
 public:
  using Action = std::variant<core::Append, core::Checkpoint>;

  struct Opened;
  /// Errors: those of LogFile::open.
  [[nodiscard]] static base::Result<Opened> open(const LogOptions& options);
  DurableLog(const DurableLog&) = delete;
  DurableLog& operator=(const DurableLog&) = delete;
  ~DurableLog();  ///< as close()

  /// Queues actions and returns at once.
  void submit(std::vector<Action> actions);

  /// How many of the submitted actions are on disk: the first so many.
  [[nodiscard]] core::PersistCount durable() const;
  /// Bytes of actions that are not on disk yet.
  [[nodiscard]] std::size_t waiting_bytes() const;
  /// Why writing stopped for good, if it did. Nothing becomes durable after that.
  [[nodiscard]] std::optional<base::Error> failure() const;

  /// An eventfd that is written to when durable() or failure() changes.
  [[nodiscard]] int wake_descriptor() const;

  /// Finishes everything that was submitted, and ends the thread.
  void close();

 private:
  struct State;
  explicit DurableLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct DurableLog::Opened {
  std::unique_ptr<DurableLog> log;
  core::Recovered recovered;
  std::string remark;  ///< see LogFile::Opened
};

}  // namespace eris::node
