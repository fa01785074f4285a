#include "harness/cli/following.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "checkers/online/follower.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/judging.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

using checkers::online::Course;
using checkers::online::Follower;

/// Seconds of load at the highest rates; some 30 MB.
constexpr std::size_t waiting_max = std::size_t{1} << 17;
/// How long an answer may wait for the follower's next look while nothing else happens.
constexpr base::Duration look_around = std::chrono::milliseconds(5);

bool concerns(const model::Event& event) {
  return std::holds_alternative<model::Invoked>(event.what) ||
         std::holds_alternative<model::Completed>(event.what);
}

void tell(Follower& follower, const model::Event& event) {
  if (const auto* invoked = std::get_if<model::Invoked>(&event.what))
    follower.invoked(invoked->op, event.index, event.time);
  else if (const auto* completed = std::get_if<model::Completed>(&event.what))
    follower.completed(completed->op, completed->outcome, event.index, event.time);
}

/// What is to be said of a course that is over.
std::vector<std::string> remarks_on(const Follower& follower, bool told) {
  std::vector<std::string> remarks;
  if (follower.violation() && !told)
    remarks.push_back(std::string(model::note::online_violation) + follower.violation()->sentence);
  const Course course = follower.course();
  const auto remark = [&](std::string text) {
    remarks.push_back(std::string(model::note::online) + std::move(text));
  };
  for (const std::string& why : course.remarks) remark(why);
  if (course.keys_given_up > course.remarks.size())
    remark(fmt::format("gave up on {} altogether", base::count_of(course.keys_given_up, "key")));
  if (course.operations_unfollowed > 0)
    remark(fmt::format("{} of {} were not followed, on keys that had been given up or let go",
                       base::with_separators(course.operations_unfollowed),
                       base::count_of(course.operations, "operation")));
  if (course.taken_for_unknown > 0)
    remark(fmt::format("{} stayed open so long that it went on as if they had no answer",
                       base::count_of(course.taken_for_unknown, "operation")));
  return remarks;
}

class InPlace final : public Following {
 public:
  InPlace(const checkers::SequentialObject& object, checkers::online::FollowerOptions options)
      : follower_(object, std::move(options)) {}

  void attach(run::RunHooks& hooks) override {
    hooks.recorded = [this](const model::Event& event) { tell(follower_, event); };
    hooks.refuted = [this](base::Instant now) -> std::optional<std::string> {
      follower_.catch_up(now);
      if (!follower_.violation()) return std::nullopt;
      told_ = true;
      return follower_.violation()->sentence;
    };
    hooks.closing_remarks = [this] {
      follower_.catch_up();
      return remarks_on(follower_, told_);
    };
  }

 private:
  Follower follower_;
  bool told_ = false;
};

class InAThread final : public Following {
 public:
  InAThread(const checkers::SequentialObject& object, checkers::online::FollowerOptions options)
      : follower_(object, std::move(options)),
        thread_([this](std::stop_token stop) { go(stop); }) {}

  void attach(run::RunHooks& hooks) override {
    hooks.recorded = [this](const model::Event& event) { take(event); };
    hooks.refuted = [this](base::Instant now) { return ask(now); };
    hooks.closing_remarks = [this] { return close(); };
  }

 private:
  void take(const model::Event& event) {
    if (!concerns(event)) return;
    const std::lock_guard lock(mutex_);
    if (fell_behind_) return;
    if (waiting_.size() >= waiting_max) {
      fell_behind_ = true;
      return;
    }
    waiting_.push_back(event);
    now_ = event.time;
    if (waiting_.size() == 1) woken_.notify_one();
  }

  std::optional<std::string> ask(base::Instant now) {
    if (found_.load(std::memory_order_acquire)) {
      told_ = true;
      return follower_.violation()->sentence;  // the thread leaves it alone from now on
    }
    const std::lock_guard lock(mutex_);
    now_ = now;
    return std::nullopt;
  }

  std::vector<std::string> close() {
    thread_.request_stop();
    thread_.join();
    if (!fell_behind_) follower_.catch_up();
    std::vector<std::string> remarks = remarks_on(follower_, told_);
    if (fell_behind_)
      remarks.push_back(fmt::format("{}it fell behind by {} and stopped; lower the rate",
                                    model::note::online, base::count_of(waiting_max, "event")));
    return remarks;
  }

  void go(const std::stop_token& stop) {
    std::vector<model::Event> taken;
    while (!found_) {
      base::Instant now{};
      {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, look_around, [this] { return !waiting_.empty(); });
        if (stop.stop_requested() && waiting_.empty()) return;
        taken.clear();
        std::swap(taken, waiting_);
        now = now_;
      }
      for (const model::Event& event : taken) tell(follower_, event);
      follower_.catch_up(now);
      if (follower_.violation()) found_.store(true, std::memory_order_release);
    }
  }

  Follower follower_;  ///< the thread's, until it has found something or is over
  bool told_ = false;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::vector<model::Event> waiting_;
  base::Instant now_{};
  bool fell_behind_ = false;
  std::atomic<bool> found_ = false;
  std::jthread thread_;
};

}  // namespace

base::Result<std::unique_ptr<Following>> Following::of(const model::Plan& plan,
                                                       FollowingMode mode) {
  if (!plan.fail_fast) return nullptr;
  ERIS_TRY(const std::string consistency, consistency_of(plan));
  const workloads::WorkloadType& workload = *workloads::find_workload(plan.workload.name);
  if (!checkers::online::can_follow(consistency, workload.object))
    return base::usage_error(
        fmt::format("a run that is held to '{}' of the object '{}' cannot be followed while it "
                    "goes on",
                    consistency, workload.object),
        "fail-fast", "leave --fail-fast out, or say --consistency linearizable");
  const checkers::SequentialObject& object = *checkers::find_object(workload.object);
  checkers::online::FollowerOptions options{.functions = workload.functions(plan.workload.options)};
  if (mode == FollowingMode::in_place) return std::make_unique<InPlace>(object, std::move(options));
  return std::make_unique<InAThread>(object, std::move(options));
}

}  // namespace eris::cli
