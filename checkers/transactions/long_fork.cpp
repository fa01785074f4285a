#include "checkers/transactions/long_fork.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "checkers/transactions/transaction.hpp"
#include "checkers/transactions/words.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Status;
using model::Verdict;

namespace {

/// What a transaction read of a group of keys.
struct Sight {
  TransactionId reader = 0;
  std::vector<bool> seen;  ///< by key of the group
  std::size_t count = 0;
};

using Group = std::vector<KeyId>;

class Search {
 public:
  Search(const Transactions& transactions, Allowance& allowance)
      : all_(transactions), allowance_(allowance) {}

  base::Result<void> run() {
    writer_.assign(all_.keys.size(), none);
    for (MicroId micro = 0; micro < all_.micros.size(); ++micro) {
      allowance_.step();
      const KeyId key = all_.micros[micro].key;
      const TransactionId writer = all_.owner[micro];
      if (!all_.micros[micro].write || all_.all[writer].status == Status::fail) continue;
      if (writer_[key] != none)
        return base::usage_error(fmt::format("{} was written twice", key_text(all_, key)), {},
                                 "write each key once to look for long forks");
      writer_[key] = writer;
    }
    for (TransactionId id = 0; id < all_.all.size(); ++id) {
      allowance_.step();
      add_sight(id);
    }
    for (auto& [group, sights] : sights_) compare(group, sights);
    return {};
  }

  struct Fork {
    TransactionId first_reader, second_reader;
    KeyId first_saw, second_saw;
  };
  [[nodiscard]] const std::optional<Fork>& fork() const { return fork_; }
  [[nodiscard]] TransactionId writer(KeyId key) const { return writer_[key]; }
  std::size_t reads = 0, forks = 0;

  [[nodiscard]] std::size_t groups() const { return sights_.size(); }

 private:
  void add_sight(TransactionId id) {
    if (all_.all[id].status != Status::ok) return;
    std::map<KeyId, bool> seen;
    for (const Micro& micro : all_.micros_of(id)) {
      if (micro.write) return;
      if (micro.value != nullptr) seen[micro.key] = !micro.value->is_nil();
    }
    if (seen.size() < 2) return;
    Group group;
    Sight sight{.reader = id};
    for (const auto& [key, value] : seen) {
      group.push_back(key);
      sight.seen.push_back(value);
      sight.count += value ? 1 : 0;
    }
    ++reads;
    sights_[group].push_back(std::move(sight));
  }

  void compare(const Group& group, std::vector<Sight>& sights) {
    std::ranges::stable_sort(sights, {}, &Sight::count);
    for (std::size_t i = 1; i < sights.size(); ++i) {
      allowance_.step();
      const Sight &less = sights[i - 1], &more = sights[i];
      KeyId only_less = none, only_more = none;
      for (std::size_t k = 0; k < group.size(); ++k) {
        if (less.seen[k] && !more.seen[k]) only_less = group[k];
        if (!less.seen[k] && more.seen[k]) only_more = group[k];
      }
      if (only_less == none) continue;
      ++forks;
      if (!fork_) fork_ = Fork{less.reader, more.reader, only_less, only_more};
    }
  }

  const Transactions& all_;
  Allowance& allowance_;
  std::vector<TransactionId> writer_;  ///< by key
  std::map<Group, std::vector<Sight>> sights_;
  std::optional<Fork> fork_;
};

class LongForkChecker final : public Checker {
 public:
  explicit LongForkChecker(Model promised) : promised_(promised) {}

  [[nodiscard]] std::string name() const override { return "long-fork"; }

  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    CheckResult sum{.checker = name(), .verdict = Verdict::unknown};
    Allowance allowance(context);
    const auto transactions = parse(history, Flavour::rw_register, allowance);
    if (!transactions) {
      sum.reason = to_text(transactions.error());
      return sum;
    }
    Search search(*transactions, allowance);
    if (const auto done = search.run(); !done) {
      sum.reason = to_text(done.error());
      return sum;
    }
    sum.statistics = {{"consistency", model::Value(name_of(promised_))},
                      {"reads of groups", static_cast<std::int64_t>(search.reads)},
                      {"groups", static_cast<std::int64_t>(search.groups())},
                      {"long forks", static_cast<std::int64_t>(search.forks)}};
    sum.verdict = search.fork() ? Verdict::invalid : Verdict::valid;
    sum.reason = search.fork() ? "two readers saw two writes in opposite orders"
                               : "all readers of a group saw its writes in one order";
    if (search.fork()) sum.findings.push_back(tell(*transactions, search));
    if (search.reads == 0) {
      sum.verdict = Verdict::vacuous;
      sum.reason = "no transaction that only reads read two keys, so no fork could be seen";
    }
    return sum;
  }

 private:
  [[nodiscard]] Finding tell(const Transactions& all, const Search& search) const {
    const Search::Fork& fork = *search.fork();
    const auto saw = [&](TransactionId reader, KeyId seen, KeyId missed) {
      return fmt::format("{} saw the write of {} but not of {} {}", process_of(all, reader),
                         key_text(all, seen), key_text(all, missed), time_of(all, reader));
    };
    Finding finding{
        .property = std::string(name_of(promised_)),
        .anomaly = "long fork",
        .sentence =
            fmt::format("{}, and {}", saw(fork.first_reader, fork.first_saw, fork.second_saw),
                        saw(fork.second_reader, fork.second_saw, fork.first_saw)),
        .explanation = {"Each key is written once. If both read from snapshots, one of the two "
                        "snapshots holds all that the other holds."},
        .searched_operations = all.all.size()};
    std::map<TransactionId, std::string> roles;
    roles[fork.first_reader] = fmt::format("saw {} without {}", key_text(all, fork.first_saw),
                                           key_text(all, fork.second_saw));
    roles[fork.second_reader] = fmt::format("saw {} without {}", key_text(all, fork.second_saw),
                                            key_text(all, fork.first_saw));
    for (const KeyId key : {fork.first_saw, fork.second_saw})
      if (search.writer(key) != none)
        roles[search.writer(key)] = fmt::format("wrote {}", key_text(all, key));
    for (const auto& [id, role] : roles) finding.witness.push_back({all.all[id].operation, role});
    return finding;
  }

  Model promised_;
};

}  // namespace

std::unique_ptr<Checker> make_long_fork_checker(Model promised) {
  if (!ruled_out_by("long fork").has(promised)) return nullptr;
  return std::make_unique<LongForkChecker>(promised);
}

}  // namespace eris::checkers::transactions
