#include "checkers/transactions/guess.hpp"

#include <algorithm>
#include <numeric>

#include "checkers/transactions/prefix.hpp"

namespace eris::checkers::transactions {

namespace {

class Guess {
 public:
  Guess(const Transactions& transactions, const Registers& registers)
      : all_(transactions),
        registers_(registers),
        versions_(registers),
        builder_(transactions.all.size()) {}

  bool acyclic(Allowance& allowance, Analysis& analysis) {
    set_turns();
    set_order();
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (std::uint32_t version = versions_.start(key); version + 1 < versions_.start(key + 1);
           ++version)
        if (version > versions_.start(key))
          builder_.add(order_[version], order_[version + 1], EdgeKind::ww, key);
    for (const ExternalRead& read : registers_.reads) add_read(read);
    std::vector<TransactionId> present;
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (registers_.effective[id]) present.push_back(id);
    builder_.add_orders(all_, present);
    return all_in_order(builder_.build(allowance), all_, registers_.effective, allowance, analysis);
  }

 private:
  void set_turns() {
    std::vector<model::EventIndex> from(versions_.all(), model::never);
    turn_.assign(versions_.all(), 0);
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (const TransactionId writer : registers_.writers[key]) {
        from[versions_.of(key, writer)] = all_.all[writer].completed;
        turn_[versions_.of(key, writer)] = all_.all[writer].invoked;
      }
    for (const ExternalRead& read : registers_.reads) {
      const std::uint32_t seen = versions_.of(read.key, read.writer);
      from[seen] = std::min(from[seen], all_.all[read.reader].completed);
      turn_[seen] = std::max(turn_[seen], all_.all[read.reader].invoked);
    }
    for (std::uint32_t v = 0; v < turn_.size(); ++v) turn_[v] = std::max(turn_[v], from[v]);
  }

  /// Puts the versions of each key in their order, and notes the place of each.
  void set_order() {
    order_.assign(versions_.all(), none);
    place_.assign(versions_.all(), 0);
    std::vector<std::uint32_t> sorted;
    for (KeyId key = 0; key < all_.keys.size(); ++key) {
      sorted.resize(registers_.writers[key].size());
      std::iota(sorted.begin(), sorted.end(), versions_.start(key) + 1);
      std::ranges::sort(sorted, {}, [&](std::uint32_t v) { return turn_[v]; });
      place_[versions_.start(key)] = versions_.start(key);
      for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        place_[sorted[i]] = versions_.start(key) + 1 + i;
        order_[versions_.start(key) + 1 + i] =
            registers_.writers[key][sorted[i] - versions_.start(key) - 1];
      }
    }
  }

  void add_read(const ExternalRead& read) {
    if (read.writer != none) builder_.add(read.writer, read.reader, EdgeKind::wr, read.key);
    const std::uint32_t place = place_[versions_.of(read.key, read.writer)];
    if (place + 1 < versions_.start(read.key + 1))
      builder_.add(read.reader, order_[place + 1], EdgeKind::rw, read.key);
  }

  const Transactions& all_;
  const Registers& registers_;
  VersionNumbers versions_;
  GraphBuilder builder_;
  std::vector<model::EventIndex> turn_;
  std::vector<TransactionId> order_;  ///< by place: the writer
  std::vector<std::uint32_t> place_;  ///< by version
};

}  // namespace

bool guess_is_serial(const Transactions& transactions, const Registers& registers,
                     Allowance& allowance, Analysis& analysis) {
  return Guess(transactions, registers).acyclic(allowance, analysis);
}

}  // namespace eris::checkers::transactions
