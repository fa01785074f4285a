#include "checkers/transactions/replay.hpp"

#include <algorithm>
#include <numeric>

namespace eris::checkers::transactions {

namespace {

/// A version of a key: what was there at the start, or what one transaction left.
using VersionId = std::uint32_t;

class Replay {
 public:
  Replay(const Transactions& transactions, const Registers& registers)
      : all_(transactions), registers_(registers) {
    number_versions();
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (registers.effective[id]) waiting_.push_back(id);
    by_end_ = waiting_;
    std::ranges::sort(by_end_, {}, [&](TransactionId id) { return all_.all[id].completed; });
    placed_.assign(all_.all.size(), false);
  }

  bool run() {
    std::size_t left = waiting_.size();
    while (left > 0) {
      admit();
      const std::size_t chosen = choose();
      if (chosen == open_.size()) return false;
      place(open_[chosen]);
      open_[chosen] = open_.back();
      open_.pop_back();
      --left;
    }
    return true;
  }

 private:
  void number_versions() {
    first_.resize(all_.keys.size() + 1);
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      first_[key + 1] = first_[key] + 1 + static_cast<VersionId>(registers_.writers[key].size());
    unread_.assign(first_.back(), 0);
    current_.assign(first_.begin(), first_.end() - 1);
    needed_.resize(all_.all.size());
    for (TransactionId id = 0; id < all_.all.size(); ++id) needed_[id] = all_.all[id].invoked;
    reads_from_.assign(all_.all.size() + 1, 0);
    for (const ExternalRead& read : registers_.reads) {
      ++reads_from_[read.reader + 1];
      ++unread_[version(read.key, read.writer)];
      if (read.writer != none)
        needed_[read.writer] = std::max(needed_[read.writer], all_.all[read.reader].invoked);
    }
    std::partial_sum(reads_from_.begin(), reads_from_.end(), reads_from_.begin());
  }

  [[nodiscard]] VersionId version(KeyId key, TransactionId writer) const {
    if (writer == none) return first_[key];
    const auto place = std::ranges::lower_bound(registers_.writers[key], writer);
    return first_[key] + 1 + static_cast<VersionId>(place - registers_.writers[key].begin());
  }

  [[nodiscard]] std::span<const ExternalRead> reads_of(TransactionId id) const {
    return std::span(registers_.reads)
        .subspan(reads_from_[id], reads_from_[id + 1] - reads_from_[id]);
  }

  /// Those who may go now: nobody is left who was answered before they were asked for.
  void admit() {
    while (ended_ < by_end_.size() && placed_[by_end_[ended_]]) ++ended_;
    while (admitted_ < waiting_.size() &&
           all_.all[waiting_[admitted_]].invoked < all_.all[by_end_[ended_]].completed)
      open_.push_back(waiting_[admitted_++]);
  }

  [[nodiscard]] std::size_t choose() const {
    std::size_t best = open_.size();
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (best != open_.size() && needed_[open_[i]] > needed_[open_[best]]) continue;
      if (!sees_what_it_read(open_[i])) continue;
      const auto legal = may_write(open_[i]);
      if (legal == Writes::none) return i;
      if (legal == Writes::allowed) best = i;
    }
    return best;
  }

  [[nodiscard]] bool sees_what_it_read(TransactionId id) const {
    return std::ranges::all_of(reads_of(id), [&](const ExternalRead& read) {
      return current_[read.key] == version(read.key, read.writer);
    });
  }

  enum class Writes : std::uint8_t { none, allowed, forbidden };

  /// A version may go when all who read it went, but for the one who replaces it.
  [[nodiscard]] Writes may_write(TransactionId id) const {
    Writes answer = Writes::none;
    for (const Micro& micro : all_.micros_of(id)) {
      if (!micro.write) continue;
      const VersionId there = current_[micro.key];
      std::uint32_t others = unread_[there];
      for (const ExternalRead& read : reads_of(id))
        if (version(read.key, read.writer) == there) --others;
      if (others > 0) return Writes::forbidden;
      answer = Writes::allowed;
    }
    return answer;
  }

  void place(TransactionId id) {
    placed_[id] = true;
    for (const ExternalRead& read : reads_of(id)) --unread_[version(read.key, read.writer)];
    for (const Micro& micro : all_.micros_of(id))
      if (micro.write) current_[micro.key] = version(micro.key, id);
  }

  const Transactions& all_;
  const Registers& registers_;
  std::vector<VersionId> first_;           ///< by key
  std::vector<std::uint32_t> unread_;      ///< by version: who read it and has not gone yet
  std::vector<VersionId> current_;         ///< by key
  std::vector<model::EventIndex> needed_;  ///< by transaction: somebody who saw it began then
  std::vector<std::uint32_t> reads_from_;
  std::vector<TransactionId> waiting_, by_end_, open_;
  std::vector<bool> placed_;
  std::size_t admitted_ = 0, ended_ = 0;
};

}  // namespace

bool replays(const Transactions& transactions, const Registers& registers) {
  return Replay(transactions, registers).run();
}

}  // namespace eris::checkers::transactions
