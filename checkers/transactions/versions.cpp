#include "checkers/transactions/versions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkers/transactions/words.hpp"
#include "checkers/transactions/writes.hpp"

namespace eris::checkers::transactions {

using base::Result;
using model::Status;
using model::Value;

namespace {

class Finder {
 public:
  Finder(const Transactions& transactions, Anomalies& anomalies, Allowance& allowance)
      : all_(transactions), anomalies_(anomalies), allowance_(allowance) {
    // What follows, and a table of appends.
    allowance_.hold(all_.micros.size() * (5 * sizeof(MicroId) + 2 * sizeof(Element)));
    versions_.external.assign(all_.micros.size(), none);
    versions_.position.assign(all_.micros.size(), none);
    versions_.previous.assign(all_.micros.size(), none);
    versions_.final.assign(all_.micros.size(), true);
    versions_.longest.assign(all_.keys.size(), none);
    versions_.broken.assign(all_.keys.size(), false);
    versions_.effective.assign(all_.all.size(), false);
  }

  Result<Versions> run() {
    auto appends = Writes::of(all_, Flavour::list_append, allowance_);
    if (!appends) return std::unexpected(std::move(appends).error());
    appends_ = *std::move(appends);
    link();
    for (MicroId micro = 0; micro < all_.micros.size(); ++micro)
      if (all_.micros[micro].value != nullptr && !all_.micros[micro].write) scan_read(micro);
    place_elements();
    for (MicroId micro = 0; micro < all_.micros.size(); ++micro)
      if (versions_.external[micro] != none) compare_with_longest(micro);
    for (KeyId key = 0; key < all_.keys.size(); ++key) judge_order(key);
    return std::move(versions_);
  }

 private:
  [[nodiscard]] Status status_of(MicroId micro) const { return all_.all[all_.owner[micro]].status; }

  /// Chains the micro-operations of each transaction on the same key.
  void link() {
    std::vector<MicroId> last(all_.keys.size(), none);
    for (MicroId micro = 0; micro < all_.micros.size(); ++micro) {
      MicroId& latest = last[all_.micros[micro].key];
      if (latest != none && all_.owner[latest] == all_.owner[micro])
        versions_.previous[micro] = latest;
      latest = micro;
      if (!all_.micros[micro].write) continue;
      MicroId before = versions_.previous[micro];
      while (before != none && !all_.micros[before].write) before = versions_.previous[before];
      if (before != none) versions_.final[before] = false;
    }
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      versions_.effective[id] = all_.all[id].status == Status::ok;
  }

  /// Splits a read into what others appended and what its own transaction did.
  void scan_read(MicroId micro) {
    allowance_.step();
    const Micro& read = all_.micros[micro];
    const Value::Elements list = elements_of(read);
    std::size_t own = 0;
    MicroId earlier = none;
    for (MicroId m = versions_.previous[micro]; m != none; m = versions_.previous[m]) {
      const Micro& before = all_.micros[m];
      if (!before.write) {
        if (earlier == none) earlier = m;
        continue;
      }
      if (own >= list.size() || list[list.size() - 1 - own] != *before.value)
        return internal_append(micro, m);
      ++own;
    }
    const auto external = static_cast<std::uint32_t>(list.size() - own);
    if (earlier != none && !same_external(earlier, list, external)) internal_read(micro, earlier);
    versions_.external[micro] = external;
    MicroId& longest = versions_.longest[read.key];
    if (longest == none || versions_.external[longest] < external) longest = micro;
  }

  [[nodiscard]] bool same_external(MicroId earlier, Value::Elements list,
                                   std::uint32_t external) const {
    if (versions_.external[earlier] == none) return true;  // told already
    const Value::Elements before = elements_of(all_.micros[earlier]);
    return versions_.external[earlier] == external &&
           std::equal(list.begin(), list.begin() + external, before.begin());
  }

  /// Which append stands at each place of the longest read of each key.
  void place_elements() {
    versions_.begin.assign(all_.keys.size() + 1, 0);
    for (KeyId key = 0; key < all_.keys.size(); ++key) {
      versions_.begin[key] = static_cast<std::uint32_t>(versions_.order.size());
      const MicroId longest = versions_.longest[key];
      if (longest == none) continue;
      const Value::Elements list = elements_of(all_.micros[longest]);
      for (std::uint32_t place = 0; place < versions_.external[longest]; ++place) {
        const MicroId append = find_append(key, list[place], longest);
        versions_.order.push_back(append);
        if (append == none) continue;
        if (versions_.position[append] != none) duplicate(longest, list[place]);
        if (versions_.position[append] == none) versions_.position[append] = place;
      }
    }
    versions_.begin.back() = static_cast<std::uint32_t>(versions_.order.size());
  }

  /// The append of an element that was read; tells where there is none, or it failed.
  MicroId find_append(KeyId key, const Value& element, MicroId reader) {
    const MicroId append = appends_.find(key, element);
    if (append == none) {
      never_written(reader, element);
      return none;
    }
    const TransactionId writer = all_.owner[append];
    if (all_.all[writer].status == Status::fail) aborted_read(reader, writer, element);
    if (all_.all[writer].status == Status::info) versions_.effective[writer] = true;
    return append;
  }

  void compare_with_longest(MicroId micro) {
    allowance_.step();
    const Micro& read = all_.micros[micro];
    const MicroId longest = versions_.longest[read.key];
    if (micro == longest) return;
    const Value::Elements list = elements_of(read);
    const Value::Elements most = elements_of(all_.micros[longest]);
    if (std::equal(list.begin(), list.begin() + versions_.external[micro], most.begin())) return;
    incompatible(micro, longest);
    look_at_elements(micro);
  }

  /// Of a read that fits nothing else, at least each element is looked at.
  void look_at_elements(MicroId micro) {
    versions_.external[micro] = none;
    const Value::Elements list = elements_of(all_.micros[micro]);
    for (std::size_t i = 0; i < list.size(); ++i) {
      find_append(all_.micros[micro].key, list[i], micro);
      if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
          list.begin() + static_cast<std::ptrdiff_t>(i))
        duplicate(micro, list[i]);
    }
  }

  /// A committed element that stands on top of a failed one.
  void judge_order(KeyId key) {
    TransactionId failed = none;
    for (std::uint32_t place = 0; place < versions_.length(key); ++place) {
      const MicroId append = versions_.at(key, place);
      if (append == none) continue;
      if (status_of(append) == Status::fail) failed = append;
      if (failed == none || status_of(append) == Status::fail) continue;
      dirty_update(key, failed, append);
      return;
    }
  }

  // ---- what is wrong, in words

  [[nodiscard]] std::string who_read(MicroId micro) const {
    const TransactionId id = all_.owner[micro];
    return fmt::format("{}: {} read {} {}", key_text(all_, all_.micros[micro].key),
                       process_of(all_, id), shown(micro), time_of(all_, id));
  }
  [[nodiscard]] std::string shown(MicroId micro) const {
    const Value::Elements list = elements_of(all_.micros[micro]);
    return brief(list, list.size());
  }
  [[nodiscard]] Participant reader(MicroId micro) const {
    return {all_.owner[micro],
            fmt::format("read {} from {}", shown(micro), key_text(all_, all_.micros[micro].key))};
  }
  [[nodiscard]] Participant writer(MicroId micro) const {
    return {all_.owner[micro], fmt::format("appended {} to {}", to_text(*all_.micros[micro].value),
                                           key_text(all_, all_.micros[micro].key))};
  }
  void tell(const char* name, MicroId micro, std::vector<Participant> participants,
            std::string sentence) {
    anomalies_.add({.name = name,
                    .key = all_.micros[micro].key,
                    .participants = std::move(participants),
                    .sentence = std::move(sentence)});
  }

  void internal_append(MicroId micro, MicroId append) {
    if (anomalies_.meet("internal"))
      tell("internal", micro, {reader(micro)},
           fmt::format("{}, although its own transaction had appended {} before that",
                       who_read(micro), to_text(*all_.micros[append].value)));
    look_at_elements(micro);
  }

  void internal_read(MicroId micro, MicroId earlier) {
    if (anomalies_.meet("internal"))
      tell("internal", micro, {reader(micro)},
           fmt::format("{}, although the same transaction had read {} before that", who_read(micro),
                       shown(earlier)));
  }

  void never_written(MicroId micro, const Value& element) {
    const char* const name = "read of a value never written";
    if (anomalies_.meet(name))
      tell(name, micro, {reader(micro)},
           fmt::format("{}, but no transaction ever appended {}", who_read(micro),
                       to_text(element)));
  }

  void aborted_read(MicroId micro, TransactionId failed, const Value& element) {
    if (!anomalies_.meet("G1a")) return;
    const std::string& error = all_.history->error_of(all_.operation_of(failed));
    tell("G1a", micro,
         {reader(micro), {failed, fmt::format("tried to append {}, and failed", to_text(element))}},
         fmt::format("{}, although {}'s transaction that appended {} had failed {}{}",
                     who_read(micro), process_of(all_, failed), to_text(element),
                     time_of(all_, failed),
                     error.empty() ? std::string() : fmt::format(" ({})", error)));
  }

  void duplicate(MicroId micro, const Value& element) {
    versions_.broken[all_.micros[micro].key] = true;
    const char* const name = "duplicate elements";
    if (!anomalies_.meet(name)) return;
    std::vector<Participant> participants{reader(micro)};
    const MicroId append = appends_.find(all_.micros[micro].key, element);
    if (append != none) participants.push_back(writer(append));
    tell(name, micro, std::move(participants),
         fmt::format("{}, where {} stands more than once although it was appended once",
                     who_read(micro), to_text(element)));
  }

  void incompatible(MicroId micro, MicroId longest) {
    const char* const name = "incompatible order";
    if (anomalies_.meet(name))
      tell(name, micro, {reader(micro), reader(longest)},
           fmt::format("{}, and {} read {} {}: neither is the beginning of the other",
                       who_read(micro), process_of(all_, all_.owner[longest]), shown(longest),
                       time_of(all_, all_.owner[longest])));
  }

  void dirty_update(KeyId key, MicroId failed, MicroId append) {
    if (!anomalies_.meet("dirty update")) return;
    const MicroId longest = versions_.longest[key];
    tell("dirty update", longest, {reader(longest), writer(failed), writer(append)},
         fmt::format("{}: {} appended {} on top of {}, whose transaction had failed, as {} read {}",
                     key_text(all_, key), process_of(all_, all_.owner[append]),
                     to_text(*all_.micros[append].value), to_text(*all_.micros[failed].value),
                     process_of(all_, all_.owner[longest]), time_of(all_, all_.owner[longest])));
  }

  const Transactions& all_;
  Anomalies& anomalies_;
  Allowance& allowance_;
  Versions versions_;
  Writes appends_;
};

}  // namespace

Value::Elements elements_of(const Micro& read) {
  return read.value->is_nil() ? Value::Elements() : read.value->list();
}

Result<Versions> find_versions(const Transactions& transactions, Anomalies& anomalies,
                               Allowance& allowance) {
  return Finder(transactions, anomalies, allowance).run();
}

}  // namespace eris::checkers::transactions
