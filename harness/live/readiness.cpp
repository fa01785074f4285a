#include "harness/live/readiness.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/live/namespaces.hpp"
#include "harness/live/sandbox.hpp"

namespace eris::live {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr base::Duration probe_timeout = 200ms;
/// A refused connection fails in microseconds; asking more often than this only costs processor
/// time that the starting node needs.
constexpr auto probe_interval = 5ms;
constexpr std::size_t shown_stderr_lines = 5;

std::string quoted_stderr(const NodeSet& nodes, base::NodeId node) {
  const std::string lines = nodes.last_stderr_lines(node, shown_stderr_lines);
  return lines.empty() ? "it wrote nothing to stderr" : "the end of its stderr:\n" + lines;
}

base::Error exited(const NodeSet& nodes, base::NodeId node, const ExitStatus& status) {
  return base::environment_error(
             fmt::format("node {} {} before it was ready", base::to_text(node), to_text(status)),
             nodes.stderr_log(node), quoted_stderr(nodes, node))
      .error();
}

base::Error not_in_time(const NodeSet* nodes, const adapters::NodeAddress& node,
                        base::Duration timeout) {
  const std::string what = fmt::format("node {} was not ready within {}", base::to_text(node.id),
                                       base::to_text(timeout));
  if (nodes == nullptr)
    return base::environment_error(what, node.host, "is it running, and can it be reached?")
        .error();
  return base::environment_error(what, nodes->stderr_log(node.id),
                                 "see its log, or give it longer with --ready-timeout; " +
                                     quoted_stderr(*nodes, node.id))
      .error();
}

}  // namespace

bool wait_until_serving(const adapters::System& system, const adapters::NodeAddress& node,
                        const NodeSet* nodes, Clock::time_point deadline,
                        const std::atomic<bool>& cancelled) {
  while (!cancelled && !interrupted() && Clock::now() < deadline) {
    if (nodes != nullptr && nodes->exit_of(node.id)) return false;
    const auto began = Clock::now();
    if (system.probe(node, probe_timeout).serving) return true;
    std::this_thread::sleep_until(std::min(began + probe_interval, deadline));
  }
  return false;
}

base::Result<void> wait_until_all_serve(const ReadinessOptions& options,
                                        const std::vector<adapters::NodeAddress>& addresses,
                                        const NodeSet* nodes,
                                        const std::function<void(base::NodeId)>& on_ready) {
  const auto deadline = Clock::now() + options.timeout;
  std::atomic<bool> cancelled{false};
  std::vector<std::optional<base::Error>> errors(addresses.size());
  const auto wait_for_one = [&](std::size_t index) {
    const adapters::NodeAddress& node = addresses[index];
    if (options.network_namespace >= 0)
      if (const auto entered = enter_network_namespace(options.network_namespace); !entered) {
        errors[index] = entered.error();
        cancelled = true;
        return;
      }
    if (wait_until_serving(*options.system, node, nodes, deadline, cancelled)) {
      on_ready(node.id);
      return;
    }
    const auto exit = nodes != nullptr ? nodes->exit_of(node.id) : std::nullopt;
    if (exit)
      errors[index] = exited(*nodes, node.id, *exit);
    else if (!cancelled && !interrupted())
      errors[index] = not_in_time(nodes, node, options.timeout);
    cancelled = true;
  };
  {
    std::vector<std::jthread> threads;  // joined at the end of this block
    for (std::size_t i = 0; i < addresses.size(); ++i) threads.emplace_back(wait_for_one, i);
  }
  const auto first =
      std::ranges::find_if(errors, [](const auto& error) { return error.has_value(); });
  if (first != errors.end()) return std::unexpected(**first);
  if (cancelled) return base::environment_error("the run was interrupted before it began");
  return {};
}

}  // namespace eris::live
