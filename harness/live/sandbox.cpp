#include "harness/live/sandbox.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/live/janitor.hpp"
#include "harness/live/namespaces.hpp"
#include "harness/live/signals.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

namespace {

constexpr std::array interrupting_signals{SIGINT, SIGTERM, SIGHUP};
constexpr const char* marker_name = "ERIS_SANDBOX";
/// sysexits.h EX_SOFTWARE: the body threw, which it must not.
constexpr int internal_exit_code = 70;

/// Signals as counted by outer and body, in memory that both share.
struct SharedSignals {
  std::atomic<int> outer{0};      ///< signals that reached the outer process
  std::atomic<bool> body{false};  ///< one reached the body itself (Ctrl-C reaches both)
};
static_assert(std::atomic<int>::is_always_lock_free);

SharedSignals* shared_signals = nullptr;
std::atomic<pid_t> keeper_to_kill{0};

extern "C" void on_signal_outside(int) {
  const int saved = errno;
  const pid_t keeper = keeper_to_kill.load();
  if (shared_signals->outer.fetch_add(1) >= 1 && keeper > 0) send_signal(keeper, SIGKILL);
  errno = saved;
}
extern "C" void on_signal_in_body(int) {
  shared_signals->body.store(true);
}
extern "C" void on_signal_in_keeper(int) {}

/// A signal that the user's shell made ignored (nohup, a background job) stays ignored.
void handle_interrupts(void (*handler)(int), std::array<struct sigaction, 3>* previous = nullptr) {
  for (std::size_t i = 0; i < interrupting_signals.size(); ++i) {
    struct sigaction old{};
    ::sigaction(interrupting_signals[i], nullptr, &old);
    if (previous != nullptr) (*previous)[i] = old;
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(interrupting_signals[i], &action, nullptr);
  }
}

/// What the inner processes tell the outer one; smaller than PIPE_BUF, so a write is all or none.
struct Report {
  enum class Kind : int { failed, forked, inside, ended };
  Kind kind = Kind::failed;
  NamespaceFailure failure;  ///< failed
  pid_t keeper = 0;          ///< forked: as the outer process sees it
  int wait_status = 0;       ///< ended: of the body
};

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

base::Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno, "pipe");
  return Pipe{.read_end = UniqueFd(ends[0]), .write_end = UniqueFd(ends[1])};
}

void send_report(int fd, const Report& report) {
  // Nobody to tell means that the outer process is gone, and then so are we in a moment.
  static_cast<void>(::write(fd, &report, sizeof report));
}

std::optional<Report> receive_report(int fd) {
  Report report;
  for (;;) {
    const ssize_t count = ::read(fd, &report, sizeof report);
    if (count == static_cast<ssize_t>(sizeof report)) return report;
    if (count < 0 && errno == EINTR) continue;
    return std::nullopt;
  }
}

/// The status of `process`, or of any child for −1; nothing when there is none left.
std::optional<std::pair<pid_t, int>> wait_for(pid_t process) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(process, &status, 0);
    if (ended > 0) return std::pair(ended, status);
    if (errno != EINTR) return std::nullopt;
  }
}

/// What all processes of one attempt share. Made before the first fork.
struct Stage {
  NamespaceChoice choice;
  std::string marker_value;
  Pipe reports;  ///< inner to outer
  Pipe go;       ///< outer to keeper: one byte when all is in place; closed when outer is gone
  const std::function<int()>* body = nullptr;
};

// ---- body

[[noreturn]] void be_body(Stage& stage, pid_t keeper) {
  ::prctl(PR_SET_NAME, "eris-body");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) ::_exit(internal_exit_code);  // it died before we asked
  stage.reports.write_end.reset();
  stage.go.read_end.reset();
  handle_interrupts(on_signal_in_body);
  ::setenv(marker_name, stage.marker_value.c_str(), 1);
  int code = internal_exit_code;
  try {
    code = (*stage.body)();
  } catch (const std::exception& error) {
    fmt::print(stderr, "eris: internal error: an exception ended the run: {}\n", error.what());
  }
  std::fflush(nullptr);
  // Not exit(): a client thread that hangs in a tested system's library may still run.
  ::_exit(code);
}

// ---- keeper

bool outer_is_gone(int go_fd) {
  pollfd watched{.fd = go_fd, .events = 0, .revents = 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & POLLHUP) != 0;
}

/// Waits for the word to begin, having made sure that it dies with the outer process.
bool wait_for_go(int go_fd) {
  char byte = 0;
  ssize_t count = 0;
  while ((count = ::read(go_fd, &byte, 1)) < 0 && errno == EINTR) {
  }
  if (count != 1) return false;
  // By now the outer process has adopted us, so that it is the parent whose death counts. Had it
  // died before prctl, no signal would come: so look again afterwards.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return !outer_is_gone(go_fd);
}

[[noreturn]] void be_keeper(Stage& stage) {
  ::prctl(PR_SET_NAME, "eris-keeper");
  handle_interrupts(on_signal_in_keeper);
  NamespaceFailure failure;
  if (stage.choice.pid)
    failure = mount_fresh_proc();
  else
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int reports = stage.reports.write_end.get();
  send_report(reports, {.kind = failure.step == NamespaceFailure::Step::none ? Report::Kind::inside
                                                                             : Report::Kind::failed,
                        .failure = failure});
  if (failure.step != NamespaceFailure::Step::none) ::_exit(EXIT_FAILURE);
  if (!wait_for_go(stage.go.read_end.get())) ::_exit(EXIT_FAILURE);

  const pid_t keeper = ::getpid();
  const pid_t body = ::fork();
  if (body == 0) be_body(stage, keeper);
  Report ended{.kind = Report::Kind::ended, .wait_status = internal_exit_code << 8};
  if (body > 0)
    while (const auto reaped = wait_for(-1))
      if (reaped->first == body) {
        ended.wait_status = reaped->second;
        break;
      }
  send_report(reports, ended);
  ::_exit(EXIT_SUCCESS);
}

// ---- entrance: enters the namespaces, forks the keeper into them, and steps aside

[[noreturn]] void be_entrance(Stage& stage) {
  stage.reports.read_end.reset();
  stage.go.write_end.reset();
  const int reports = stage.reports.write_end.get();
  const NamespaceFailure failure = enter_namespaces(stage.choice);
  if (failure.step != NamespaceFailure::Step::none) {
    send_report(reports, {.kind = Report::Kind::failed, .failure = failure});
    ::_exit(EXIT_FAILURE);
  }
  const pid_t keeper = ::fork();
  if (keeper == 0) be_keeper(stage);
  if (keeper < 0)
    send_report(reports, {.kind = Report::Kind::failed,
                          .failure = {NamespaceFailure::Step::unshare, errno}});
  else
    send_report(reports, {.kind = Report::Kind::forked, .keeper = keeper});
  ::_exit(keeper < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

// ---- outer

/// A keeper that waits inside its namespaces for the word to begin.
struct Entered {
  Stage stage;
  pid_t keeper = 0;
};

/// Reads the reports of the entrance and the keeper; fills `keeper`.
NamespaceFailure settle(Stage& stage, pid_t& keeper) {
  bool inside = false;
  while (!inside || keeper == 0) {
    const auto report = receive_report(stage.reports.read_end.get());
    if (!report) return {NamespaceFailure::Step::unshare, ECHILD};  // killed on its way in
    if (report->kind == Report::Kind::forked) keeper = report->keeper;
    if (report->kind == Report::Kind::inside) inside = true;
    if (report->kind == Report::Kind::failed) return report->failure;
  }
  return {};
}

base::Result<Entered> try_to_enter(const NamespaceChoice& choice,
                                   const std::function<int()>& body) {
  Entered entered;
  Stage& stage = entered.stage;
  stage.choice = choice;
  stage.body = &body;
  stage.marker_value = fmt::format("{}-{}", ::getpid(), static_cast<const void*>(&stage));
  ERIS_TRY(stage.reports, make_pipe());
  ERIS_TRY(stage.go, make_pipe());
  std::fflush(nullptr);  // else buffered output would appear twice
  const pid_t entrance = ::fork();
  if (entrance < 0) return base::system_error("cannot start a process", errno, "fork");
  if (entrance == 0) be_entrance(stage);
  stage.reports.write_end.reset();
  stage.go.read_end.reset();
  const NamespaceFailure failure = settle(stage, entered.keeper);
  static_cast<void>(wait_for(entrance));
  if (failure.step == NamespaceFailure::Step::none) return entered;
  stage.go.write_end.reset();
  if (entered.keeper > 0) static_cast<void>(wait_for(entered.keeper));
  return std::unexpected(explain(failure, choice));
}

/// Tries the best protection first. The first error is the one that tells the user most.
base::Result<Entered> enter(const SandboxOptions& options, const std::function<int()>& body) {
  std::optional<base::Error> first_error;
  for (const bool pid : {true, false}) {
    if (pid && !options.pid_namespace) continue;
    for (const bool user : {false, true}) {
      if (!user && ::geteuid() != 0 && (pid || options.network)) continue;
      const NamespaceChoice choice{
          .user = user, .pid = pid, .mount = pid, .network = options.network};
      auto entered = try_to_enter(choice, body);
      if (entered) return entered;
      if (!first_error) first_error = std::move(entered).error();
    }
  }
  return std::unexpected(*std::move(first_error));
}

base::Result<int> outcome_of(const Report& ended, const SandboxOptions& options) {
  if (WIFEXITED(ended.wait_status)) return WEXITSTATUS(ended.wait_status);
  const int number = WTERMSIG(ended.wait_status);
  const std::string what =
      fmt::format("the run was ended by signal {} (SIG{})", number, ::sigabbrev_np(number));
  const std::string where = options.run_directory;
  const std::string next_step =
      fmt::format("what it recorded is kept; judge it with 'eris check {}'", where);
  if (number == SIGABRT || number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
      number == SIGILL)
    return base::internal_error(what, where, next_step);
  return base::environment_error(what, where, next_step);
}

/// Lets the keeper begin and waits for the end of everything in the sandbox.
Report watch(Entered& entered) {
  keeper_to_kill.store(entered.keeper);
  static_cast<void>(::write(entered.stage.go.write_end.get(), "g", 1));
  auto report = receive_report(entered.stage.reports.read_end.get());
  const auto keeper = wait_for(entered.keeper);
  keeper_to_kill.store(0);
  if (report) return *report;
  // The keeper never reported: it was killed, and everything inside with it.
  return {.kind = Report::Kind::ended, .wait_status = keeper ? keeper->second : SIGKILL};
}

/// While it lives, signals are counted and orphans of the sandbox come to this process.
class OuterState {
 public:
  OuterState() {
    void* memory = ::mmap(nullptr, sizeof(SharedSignals), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ERIS_ASSERT(memory != MAP_FAILED, "a page of shared memory can be had");
    shared_signals = new (memory) SharedSignals;
    ::prctl(PR_GET_CHILD_SUBREAPER, &was_subreaper_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    handle_interrupts(on_signal_outside, &previous_);
  }
  OuterState(const OuterState&) = delete;
  OuterState& operator=(const OuterState&) = delete;
  ~OuterState() {
    for (std::size_t i = 0; i < interrupting_signals.size(); ++i)
      ::sigaction(interrupting_signals[i], &previous_[i], nullptr);
    ::prctl(PR_SET_CHILD_SUBREAPER, was_subreaper_);
    ::munmap(std::exchange(shared_signals, nullptr), sizeof(SharedSignals));
  }

 private:
  int was_subreaper_ = 0;
  std::array<struct sigaction, 3> previous_{};
};

Cleanup cleanup_for(const SandboxOptions& options, const Stage& stage) {
  Cleanup cleanup;
  for (const auto& directory : options.temporary_directories)
    cleanup.directories.push_back(std::filesystem::absolute(directory));
  if (!stage.choice.pid)
    cleanup.process_marker = fmt::format("{}={}", marker_name, stage.marker_value);
  return cleanup;
}

/// Without a PID namespace, orphans of the keeper's death came to this process.
void reap_orphans() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

base::Result<pid_t> start_janitor_for(const Entered& entered, const Cleanup& cleanup) {
  ERIS_TRY(const UniqueFd outer, open_process(::getpid()));
  ERIS_TRY(const UniqueFd keeper, open_process(entered.keeper));
  return start_janitor(cleanup, {outer.get(), keeper.get()});
}

}  // namespace

base::Result<int> run_in_sandbox(const SandboxOptions& options, const std::function<int()>& body) {
  ERIS_ASSERT(shared_signals == nullptr, "one sandbox at a time");
  const OuterState state;
  ERIS_TRY(Entered entered, enter(options, body));
  const Cleanup cleanup = cleanup_for(options, entered.stage);
  const auto janitor = start_janitor_for(entered, cleanup);
  if (!janitor) {
    entered.stage.go.write_end.reset();
    static_cast<void>(wait_for(entered.keeper));
    return std::unexpected(janitor.error());
  }
  const Report ended = watch(entered);
  const auto cleaned = clean_up(cleanup);
  send_signal(*janitor, SIGKILL);
  static_cast<void>(wait_for(*janitor));
  if (!entered.stage.choice.pid) reap_orphans();
  ERIS_TRY(const int code, outcome_of(ended, options));
  ERIS_CHECK_OK(cleaned);
  return code;
}

bool interrupted() {
  return shared_signals != nullptr &&
         (shared_signals->outer.load() > 0 || shared_signals->body.load());
}

}  // namespace eris::live
