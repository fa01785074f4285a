// The recorder under SIGKILL and on a full disk: what append() has accepted is in the journal.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <thread>

#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/base/testing/scratch_directory.hpp"
#include "harness/journal/journal.hpp"

namespace eris::journal {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of every line
namespace {

using base::testing::ScratchDirectory;

/// A counter that a child process shares with its parent.
class SharedCounter {
 public:
  SharedCounter() {
    void* memory = ::mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ERIS_ASSERT(memory != MAP_FAILED, "a test can map a page");
    value_ = new (memory) std::atomic<std::uint64_t>(0);
  }
  ~SharedCounter() { ::munmap(value_, sizeof(std::atomic<std::uint64_t>)); }
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;
  std::atomic<std::uint64_t>& operator*() const { return *value_; }

 private:
  std::atomic<std::uint64_t>* value_;
};

/// Records operations until it is killed; counts each event once append() has returned.
[[noreturn]] void record_forever(const std::filesystem::path& path,
                                 std::atomic<std::uint64_t>& appended) {
  auto writer = Writer::create(path, {});
  if (!writer) ::_exit(1);
  for (std::int64_t number = 0;; ++number) {
    const Op op{base::ProcessId(1), function::write, Value("x"), Value(number)};
    if (!writer->append(base::Instant(number), {.what = Invoked{op}})) ::_exit(1);
    ++appended;
    if (!writer->append(base::Instant(number), {.what = Completed{op, {Status::ok, Value(), ""}}}))
      ::_exit(1);
    ++appended;
  }
}

bool wait_until_at_least(const std::atomic<std::uint64_t>& counter, std::uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (counter < count) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(JournalCrash, EveryAcceptedEventSurvivesSigkill) {
  base::Rng rng(std::random_device{}());
  SCOPED_TRACE(rng.seed());
  for (int round = 0; round < 40; ++round) {
    const ScratchDirectory directory;
    const SharedCounter appended;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0) << std::strerror(errno);
    if (child == 0) record_forever(directory / "journal.jsonl", *appended);
    const bool got_there = wait_until_at_least(*appended, 1 + rng.below(30'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(got_there) << "the child recorded too little in 30 s";
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    const std::uint64_t accepted = *appended;
    const auto history = read(directory / "journal.jsonl");
    ASSERT_TRUE(history) << base::to_text(history.error());
    EXPECT_GE(history->events, accepted);
    EXPECT_LE(history->events, accepted + 1) << "at most one event was between the two";
    EXPECT_EQ(history->operations.size(), (history->events + 1) / 2);
    EXPECT_FALSE(history->remarks.empty());
  }
}

TEST(JournalCrash, AnUnclosedJournalIsReadWhereverItIsCut) {
  const ScratchDirectory directory;
  auto writer = Writer::create(directory / "journal.jsonl", {}).value();
  for (std::int64_t number = 0; number < 100; ++number) {
    const Op op{base::ProcessId(1), function::write, Value("x"), Value(number)};
    ASSERT_TRUE(writer.append(base::Instant(number), {.what = Invoked{op}}));
    ASSERT_TRUE(
        writer.append(base::Instant(number), {.what = Completed{op, {Status::ok, Value(), ""}}}));
  }
  ASSERT_TRUE(writer.close());
  const auto size = std::filesystem::file_size(directory / "journal.jsonl");
  std::ifstream file(directory / "journal.jsonl", std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  ASSERT_EQ(text.size(), size);
  for (std::size_t cut = size; cut > size - 1'000; --cut) {
    // As a killed recorder leaves it: the line breaks off, and reserved space follows.
    std::filesystem::resize_file(directory / "journal.jsonl", cut);
    std::filesystem::resize_file(directory / "journal.jsonl", 1u << 16);
    const auto history = read(directory / "journal.jsonl");
    ASSERT_TRUE(history) << cut << ": " << base::to_text(history.error());
    const auto whole = std::ranges::count(std::string_view(text).substr(0, cut), '\n') - 1;
    EXPECT_EQ(history->events, static_cast<std::uint64_t>(whole));
  }
}

/// What became of filling a small disk, as the child's exit code.
enum class Filled { cleanly = 0, cannot_mount, no_error, wrong_kind, unreadable };

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

/// Gives this process a mount namespace of its own, through a user namespace where it is not root.
bool enter_mount_namespace() {
  const auto user = std::to_string(::getuid());
  const auto group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWNS) == 0)
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/uid_map", "0 " + user + " 1") &&
         write_file("/proc/self/gid_map", "0 " + group + " 1");
}

Filled fill_small_disk(const std::filesystem::path& directory) {
  if (!enter_mount_namespace()) return Filled::cannot_mount;
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=3m") != 0) return Filled::cannot_mount;
  auto writer = Writer::create(directory / "journal.jsonl", {});
  if (!writer) return Filled::no_error;
  const Event event{.what = Note{std::string(1'000, 'a')}};
  std::uint64_t accepted = 0;
  base::Result<EventIndex> appended;
  for (int i = 0; i < 10'000 && appended; ++i)
    if ((appended = writer->append(base::Instant(0), event))) ++accepted;
  if (appended) return Filled::no_error;
  const std::string message = base::to_text(appended.error());
  if (appended.error().kind != base::ErrorKind::environment ||
      message.find("free some space") == std::string::npos)
    return Filled::wrong_kind;
  static_cast<void>(writer->close());
  const auto history = read(directory / "journal.jsonl");
  return history && history->events == accepted ? Filled::cleanly : Filled::unreadable;
}

TEST(JournalCrash, AFullDiskIsAnErrorAndKeepsWhatWasRecorded) {
  const ScratchDirectory directory;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0) << std::strerror(errno);
  if (child == 0) ::_exit(static_cast<int>(fill_small_disk(directory.path())));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "the recorder died of signal " << WTERMSIG(status);
  const auto filled = static_cast<Filled>(WEXITSTATUS(status));
  if (filled == Filled::cannot_mount)
    GTEST_SKIP() << "this machine lets nobody mount a small tmpfs, not even in a user namespace";
  EXPECT_EQ(filled, Filled::cleanly);
}

}  // namespace
}  // namespace eris::journal
