#include "checkers/transactions/guess.hpp"

#include <algorithm>
#include <numeric>

namespace eris::checkers::transactions {

namespace {

/// By version, those of a key side by side: what was there at the start, then by writer.
class Guess {
 public:
  Guess(const Transactions& transactions, const Registers& registers)
      : all_(transactions), registers_(registers), builder_(transactions.all.size()) {
    first_.assign(all_.keys.size() + 1, 0);
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      first_[key + 1] = first_[key] + 1 + static_cast<std::uint32_t>(registers.writers[key].size());
  }

  bool acyclic(Allowance& allowance) {
    set_turns();
    set_order();
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (std::uint32_t version = first_[key]; version + 1 < first_[key + 1]; ++version)
        if (version > first_[key])
          builder_.add(order_[version], order_[version + 1], EdgeKind::ww, key);
    for (const ExternalRead& read : registers_.reads) add_read(read);
    std::vector<TransactionId> present;
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (registers_.effective[id]) present.push_back(id);
    builder_.add_orders(all_, present);
    return components(builder_.build(allowance), all_edges, allowance).acyclic();
  }

 private:
  [[nodiscard]] std::uint32_t version(KeyId key, TransactionId writer) const {
    if (writer == none) return first_[key];
    const auto place = std::ranges::lower_bound(registers_.writers[key], writer);
    return first_[key] + 1 + static_cast<std::uint32_t>(place - registers_.writers[key].begin());
  }

  void set_turns() {
    std::vector<model::EventIndex> from(first_.back(), model::never);
    turn_.assign(first_.back(), 0);
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (const TransactionId writer : registers_.writers[key]) {
        from[version(key, writer)] = all_.all[writer].completed;
        turn_[version(key, writer)] = all_.all[writer].invoked;
      }
    for (const ExternalRead& read : registers_.reads) {
      const std::uint32_t seen = version(read.key, read.writer);
      from[seen] = std::min(from[seen], all_.all[read.reader].completed);
      turn_[seen] = std::max(turn_[seen], all_.all[read.reader].invoked);
    }
    for (std::uint32_t v = 0; v < turn_.size(); ++v) turn_[v] = std::max(turn_[v], from[v]);
  }

  /// Puts the versions of each key in their order, and notes the place of each.
  void set_order() {
    order_.assign(first_.back(), none);
    place_.assign(first_.back(), 0);
    std::vector<std::uint32_t> sorted;
    for (KeyId key = 0; key < all_.keys.size(); ++key) {
      sorted.resize(registers_.writers[key].size());
      std::iota(sorted.begin(), sorted.end(), first_[key] + 1);
      std::ranges::sort(sorted, {}, [&](std::uint32_t v) { return turn_[v]; });
      place_[first_[key]] = first_[key];
      for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        place_[sorted[i]] = first_[key] + 1 + i;
        order_[first_[key] + 1 + i] = registers_.writers[key][sorted[i] - first_[key] - 1];
      }
    }
  }

  void add_read(const ExternalRead& read) {
    if (read.writer != none) builder_.add(read.writer, read.reader, EdgeKind::wr, read.key);
    const std::uint32_t place = place_[version(read.key, read.writer)];
    if (place + 1 < first_[read.key + 1])
      builder_.add(read.reader, order_[place + 1], EdgeKind::rw, read.key);
  }

  const Transactions& all_;
  const Registers& registers_;
  GraphBuilder builder_;
  std::vector<std::uint32_t> first_;  ///< by key: its first version
  std::vector<model::EventIndex> turn_;
  std::vector<TransactionId> order_;  ///< by place: the writer
  std::vector<std::uint32_t> place_;  ///< by version
};

}  // namespace

bool guess_is_serial(const Transactions& transactions, const Registers& registers,
                     Allowance& allowance) {
  return Guess(transactions, registers).acyclic(allowance);
}

}  // namespace eris::checkers::transactions
