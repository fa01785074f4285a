// NodeWatcher: one thread that reads what nodes print and notices when they end.
// Thread rule: watch() from any thread. The callbacks run on the watcher's thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/live/process.hpp"
#include "harness/model/event.hpp"

namespace eris::live {

class NodeWatcher {
 public:
  using OnEvent = std::function<void(base::NodeId, model::NodeEvent)>;
  using OnExit =
      std::function<void(base::NodeId, const std::shared_ptr<NodeProcess>&, const ExitStatus&)>;

  NodeWatcher(OnEvent on_event, OnExit on_exit);
  NodeWatcher(const NodeWatcher&) = delete;
  NodeWatcher& operator=(const NodeWatcher&) = delete;
  ~NodeWatcher();

  /// Appends its stdout to `log`, turns beacons into events, and tells its end once, after all
  /// that it printed. Errors: environment, when the log cannot be opened.
  [[nodiscard]] base::Result<void> watch(base::NodeId node, std::shared_ptr<NodeProcess> process,
                                         const std::filesystem::path& log);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The fields of a line {"beacon":{…}}; nothing for any other line.
[[nodiscard]] std::optional<model::Fields> parse_beacon(std::string_view line);

/// The last non-empty lines of a file, joined by newlines; empty when there is none.
[[nodiscard]] std::string last_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace eris::live
