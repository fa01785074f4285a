#include "checkers/transactions/registers.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
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
    // A table of writes, and the reads.
    allowance_.hold(all_.micros.size() * (2 * sizeof(Element) + sizeof(ExternalRead)));
    registers_.writers.resize(all_.keys.size());
    registers_.effective.assign(all_.all.size(), false);
    last_.assign(all_.keys.size(), none);
  }

  Result<Registers> run() {
    auto writes = Writes::of(all_, Flavour::rw_register, allowance_);
    if (!writes) return std::unexpected(std::move(writes).error());
    writes_ = *std::move(writes);
    for (TransactionId id = 0; id < all_.all.size(); ++id) {
      if (all_.all[id].status != Status::ok) continue;
      registers_.effective[id] = true;
      scan(id);
    }
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (registers_.effective[id]) add_writes(id);
    find_lost_updates();
    find_fractured_reads();
    return std::move(registers_);
  }

 private:
  /// One transaction, step by step: what it knows of each key is what it read or wrote last.
  void scan(TransactionId id) {
    const Transaction& transaction = all_.all[id];
    allowance_.step();
    for (MicroId micro = transaction.first; micro < transaction.end; ++micro) {
      const Micro& step = all_.micros[micro];
      MicroId& last = last_[step.key];
      const bool first = last == none || all_.owner[last] != id;
      if (!step.write && step.value != nullptr) {
        if (!first && all_.micros[last].value != nullptr && *all_.micros[last].value != *step.value)
          internal(micro, last), look_up(micro, false);
        else if (first)
          look_up(micro, true);
      }
      if (step.write || step.value != nullptr) last = micro;
    }
  }

  void look_up(MicroId micro, bool at_first) {
    const Micro& read = all_.micros[micro];
    const TransactionId reader = all_.owner[micro];
    if (read.value->is_nil()) {
      registers_.reads.push_back({reader, read.key, none, at_first});
      return;
    }
    const MicroId write = writes_.find(read.key, *read.value);
    if (write == none) return never_written(micro);
    const TransactionId writer = all_.owner[write];
    if (writer == reader) {
      if (write > micro) future_read(micro);
      return;
    }
    if (all_.all[writer].status == Status::fail) return aborted_read(micro, write);
    registers_.effective[writer] = true;
    for (MicroId m = write + 1; m < all_.all[writer].end; ++m)
      if (all_.micros[m].write && all_.micros[m].key == read.key) intermediate_read(micro, write);
    registers_.reads.push_back({reader, read.key, writer, at_first});
  }

  void add_writes(TransactionId id) {
    for (const Micro& micro : all_.micros_of(id)) {
      auto& writers = registers_.writers[micro.key];
      if (micro.write && (writers.empty() || writers.back() != id)) writers.push_back(id);
    }
  }

  [[nodiscard]] bool writes(TransactionId id, KeyId key) const {
    return std::ranges::binary_search(registers_.writers[key], id);
  }

  /// Two who saw the same version and both replaced it.
  void find_lost_updates() {
    boost::unordered_flat_map<std::uint64_t, TransactionId> updates;
    for (const ExternalRead& read : registers_.reads) {
      allowance_.step();
      if (!writes(read.reader, read.key)) continue;
      const std::uint64_t version = std::uint64_t{read.key} << 32 | read.writer;
      const auto [place, is_new] = updates.try_emplace(version, read.reader);
      if (!is_new) lost_update(read, place->second);
    }
  }

  /// Sees one write of a transaction, and on another key what was there at the start.
  void find_fractured_reads() {
    for (std::size_t begin = 0; begin < registers_.reads.size();) {
      std::size_t end = begin;
      while (end < registers_.reads.size() &&
             registers_.reads[end].reader == registers_.reads[begin].reader)
        ++end;
      for (std::size_t i = begin; i < end; ++i)
        for (std::size_t j = begin; j < end; ++j) {
          const ExternalRead& seen = registers_.reads[i];
          const ExternalRead& missed = registers_.reads[j];
          if (seen.writer == none || missed.writer != none || seen.key == missed.key) continue;
          if (writes(seen.writer, missed.key)) fractured(seen, missed);
        }
      begin = end;
    }
  }

  // ---- what is wrong, in words

  [[nodiscard]] std::string who_read(MicroId micro) const {
    const TransactionId id = all_.owner[micro];
    return fmt::format("{}: {} read {} {}", key_text(all_, all_.micros[micro].key),
                       process_of(all_, id), to_text(*all_.micros[micro].value), time_of(all_, id));
  }
  [[nodiscard]] Participant reader(MicroId micro) const {
    return {all_.owner[micro], fmt::format("read {} from {}", to_text(*all_.micros[micro].value),
                                           key_text(all_, all_.micros[micro].key))};
  }
  [[nodiscard]] Participant writer(MicroId micro, std::string_view more) const {
    return {all_.owner[micro], fmt::format("wrote {} to {}{}", to_text(*all_.micros[micro].value),
                                           key_text(all_, all_.micros[micro].key), more)};
  }
  void tell(const char* name, MicroId micro, std::vector<Participant> participants,
            std::string sentence) {
    anomalies_.add({.name = name,
                    .key = all_.micros[micro].key,
                    .participants = std::move(participants),
                    .sentence = std::move(sentence)});
  }

  void internal(MicroId micro, MicroId before) {
    if (!anomalies_.meet("internal")) return;
    const Micro& earlier = all_.micros[before];
    tell("internal", micro, {reader(micro)},
         fmt::format("{}, although the same transaction had {} {} before that", who_read(micro),
                     earlier.write ? "written" : "read", to_text(*earlier.value)));
  }

  void never_written(MicroId micro) {
    const char* const name = "read of a value never written";
    if (anomalies_.meet(name))
      tell(name, micro, {reader(micro)},
           fmt::format("{}, but no transaction ever wrote {}", who_read(micro),
                       to_text(*all_.micros[micro].value)));
  }

  void future_read(MicroId micro) {
    if (anomalies_.meet("future read"))
      tell("future read", micro, {reader(micro)},
           fmt::format("{}, which the same transaction wrote only afterwards", who_read(micro)));
  }

  void aborted_read(MicroId micro, MicroId write) {
    if (!anomalies_.meet("G1a")) return;
    const TransactionId failed = all_.owner[write];
    const std::string& error = all_.history->error_of(all_.operation_of(failed));
    tell("G1a", micro, {reader(micro), writer(write, ", and failed")},
         fmt::format("{}, although {}'s transaction that wrote it had failed {}{}", who_read(micro),
                     process_of(all_, failed), time_of(all_, failed),
                     error.empty() ? std::string() : fmt::format(" ({})", error)));
  }

  void intermediate_read(MicroId micro, MicroId write) {
    if (anomalies_.meet("G1b"))
      tell("G1b", micro, {reader(micro), writer(write, ", and another value after it")},
           fmt::format("{}, although {}'s transaction that wrote it wrote another value after it",
                       who_read(micro), process_of(all_, all_.owner[write])));
  }

  void lost_update(const ExternalRead& read, TransactionId other) {
    if (!anomalies_.meet("lost update")) return;
    const std::string version = read.writer == none
                                    ? "nothing"
                                    : fmt::format("what {} wrote {}", process_of(all_, read.writer),
                                                  time_of(all_, read.writer));
    const std::string role =
        fmt::format("read {} from {} and wrote the key", version, key_text(all_, read.key));
    anomalies_.add({.name = "lost update",
                    .key = read.key,
                    .participants = {{read.reader, role}, {other, role}},
                    .sentence = fmt::format(
                        "{}: {} {} and {} {} both read {} and then wrote the key",
                        key_text(all_, read.key), process_of(all_, other), time_of(all_, other),
                        process_of(all_, read.reader), time_of(all_, read.reader), version)});
  }

  void fractured(const ExternalRead& seen, const ExternalRead& missed) {
    if (!anomalies_.meet("fractured read")) return;
    anomalies_.add(
        {.name = "fractured read",
         .key = missed.key,
         .participants = {{seen.reader,
                           fmt::format("saw the write of {}, and {} as nil",
                                       key_text(all_, seen.key), key_text(all_, missed.key))},
                          {seen.writer, fmt::format("wrote {} and {}", key_text(all_, seen.key),
                                                    key_text(all_, missed.key))}},
         .sentence = fmt::format("{} saw {}'s write of {} but {} as nil {}, although one "
                                 "transaction wrote both",
                                 process_of(all_, seen.reader), process_of(all_, seen.writer),
                                 key_text(all_, seen.key), key_text(all_, missed.key),
                                 time_of(all_, seen.reader))});
  }

  const Transactions& all_;
  Anomalies& anomalies_;
  Allowance& allowance_;
  Registers registers_;
  Writes writes_;
  std::vector<MicroId> last_;  ///< by key
};

}  // namespace

VersionNumbers::VersionNumbers(const Registers& registers) : registers_(&registers) {
  first_.assign(registers.writers.size() + 1, 0);
  for (KeyId key = 0; key < registers.writers.size(); ++key)
    first_[key + 1] = first_[key] + 1 + static_cast<std::uint32_t>(registers.writers[key].size());
}

std::uint32_t VersionNumbers::of(KeyId key, TransactionId writer) const {
  if (writer == none) return first_[key];
  const auto& writers = registers_->writers[key];
  return first_[key] + 1 +
         static_cast<std::uint32_t>(std::ranges::lower_bound(writers, writer) - writers.begin());
}

Result<Registers> find_registers(const Transactions& transactions, Anomalies& anomalies,
                                 Allowance& allowance) {
  return Finder(transactions, anomalies, allowance).run();
}

}  // namespace eris::checkers::transactions
