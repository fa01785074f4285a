// Importer: from records of any syntax to a History. Here stands everything that foreign histories
// mean: how requests meet their answers, what names and values are in Eris, what is a key.
// Errors: add() throws Malformed.
// Internal to harness/formats. Thread rule: one owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "harness/formats/formats.hpp"
#include "harness/formats/record.hpp"
#include "harness/model/history.hpp"

namespace eris::formats {

class Importer {
 public:
  Importer(Format format, const ReadOptions& options);

  /// Makes room, where a reader knows about how many operations are to come.
  void reserve(std::size_t operations) { builder_.reserve(operations); }
  /// Looks a function's name up; the answer lives as long as the importer.
  [[nodiscard]] const Name* name(std::string_view foreign);
  /// The next record in the order of the history. Takes what is in it; clear() it before it is
  /// filled again.
  void add(Record& record);
  void remark(std::string text) { builder_.remark(std::move(text)); }
  [[nodiscard]] Imported finish();

 private:
  struct Client {
    std::uint64_t number = 0;  ///< what the history calls it
    bool busy = false;
    bool retired = false;  ///< nobody knows what came of its last operation
    const Name* name = nullptr;
    model::Op op;
  };

  void decide_keys();
  void take(Record& record);
  void take_note(Record& record);
  void invoke(Record& record);
  void complete(Record& record);
  void invoke_as(Client& client, const Record& record, model::Value value);
  model::Outcome outcome(const Client& client, Record& record, model::Value value);
  model::Value answer(const Client& client, Record& record, model::Value value) const;
  void settle_failure(const Client& client, const Record& record, model::Outcome& outcome) const;
  /// Splits a keyed value; gives what remains of it.
  model::Value split(Record& record, model::Value& key, const model::Value* key_invoked);
  /// A number for a process that goes on as another: far from those that processes usually have,
  /// and never one that is in use.
  std::uint64_t fresh_number();
  model::EventIndex next_index(const Record& record);
  base::Instant next_time(const Record& record);
  void append(const Record& record, model::Event event);
  void add_remarks();

  Imported imported_;
  ReadOptions options_;
  bool failed_cas_compared_;
  bool keys_decided_ = false;
  std::vector<Record> undecided_;  ///< the beginning, until it is clear whether values are keyed
  model::HistoryBuilder builder_;
  std::vector<std::unique_ptr<Name>> names_;
  boost::unordered_flat_map<std::uint64_t, Client> clients_;
  boost::unordered_flat_set<std::uint64_t> given_numbers_;
  std::uint64_t last_given_ = 999'999;
  model::EventIndex next_index_ = 0;
  std::uint64_t places_ = 0;
  base::Instant last_time_{};
  bool times_seen_ = false;
  std::uint64_t out_of_order_ = 0;
  std::uint64_t renumbered_ = 0;
};

}  // namespace eris::formats
