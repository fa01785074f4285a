#include "harness/formats/importer.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/formats/object_guess.hpp"

namespace eris::formats {

namespace function = model::function;
using model::Status;
using model::Value;

namespace {

/// How many records are looked at before it is decided whether values are keyed.
constexpr std::size_t undecided_max = 1000;

/// A value for a message, cut where it is long.
std::string shown(const Value& value) {
  constexpr std::size_t bytes_max = 60;
  std::string text = to_text(value);
  if (text.size() <= bytes_max) return text;
  text.resize(text.rfind(' ', bytes_max) == std::string::npos ? bytes_max
                                                              : text.rfind(' ', bytes_max));
  return text + " …";
}

/// A failure of which nothing more is known. An error text makes checkers conclude nothing from it.
constexpr const char* unexplained = "failed, and does not say why";

std::string_view asked(const Name* name) {
  return name == nullptr ? function::transaction.view() : std::string_view(name->foreign);
}

/// What a request says about keys.
enum class KeyHint { keyed, not_keyed, either };

KeyHint key_hint(const Record& record) {
  if (record.key || !record.is_pair) return KeyHint::not_keyed;
  const auto& [first, second] = record.pair;
  if (first.is_list()) return KeyHint::not_keyed;  // the first part of a transaction
  if (is_transaction(second)) return KeyHint::keyed;
  const FunctionName* row = record.name == nullptr ? nullptr : record.name->row;
  if (row == nullptr) return KeyHint::either;
  if (row->request == Request::none) return KeyHint::keyed;
  if (row->request == Request::compared || row->request == Request::transfer)
    return argument_of(row->request, second) ? KeyHint::keyed : KeyHint::not_keyed;
  return KeyHint::either;
}

/// Keyed means that every request has a pair, and some pairs can mean nothing else: a read asks for
/// nothing but a key.
bool looks_keyed(const std::vector<Record>& records) {
  bool keyed = false;
  for (const Record& record : records) {
    if (!record.process || record.type != Type::invoke) continue;
    const KeyHint hint = key_hint(record);
    if (hint == KeyHint::not_keyed) return false;
    keyed = keyed || hint == KeyHint::keyed;
  }
  return keyed;
}

Status status_of(Type type) {
  if (type == Type::ok) return Status::ok;
  return type == Type::fail ? Status::fail : Status::info;
}

}  // namespace

Importer::Importer(Format format, const ReadOptions& options)
    : options_(options),
      failed_cas_compared_(options.failed_cas_compared.value_or(format == Format::text)) {
  // A table has a column for keys.
  const bool is_table = format == Format::csv || format == Format::jsonl;
  keys_decided_ = is_table || options.keyed;
  imported_.format = format;
  imported_.keyed = !is_table && options.keyed.value_or(false);
  imported_.keyed_guessed = !keys_decided_;
}

const Name* Importer::name(std::string_view foreign) {
  for (const auto& known : names_)
    if (known->foreign == foreign) return known.get();
  auto made = std::make_unique<Name>();
  made->foreign = foreign;
  made->row = find_function(foreign);
  if (made->row != nullptr)
    made->function = made->row->ours;
  else if (model::Function::fits(foreign))
    made->function = model::Function(foreign);
  return names_.emplace_back(std::move(made)).get();
}

void Importer::add(Record& record) {
  if (keys_decided_) return take(record);
  undecided_.push_back(std::move(record));
  if (undecided_.size() == undecided_max) decide_keys();
}

void Importer::decide_keys() {
  imported_.keyed = looks_keyed(undecided_);
  keys_decided_ = true;
  for (Record& record : undecided_) take(record);
  undecided_ = {};
}

void Importer::take(Record& record) {
  if (!record.process) {
    if (record.other_process.empty())
      throw Malformed{record.at, "expected a 'process': an operation needs one"};
    return take_note(record);
  }
  if (record.trouble) throw Malformed{std::move(*record.trouble)};
  if (record.type == Type::missing)
    throw Malformed{record.at,
                    "expected a 'type': an operation needs one of invoke, ok, fail, info"};
  if (record.type == Type::invoke)
    invoke(record);
  else
    complete(record);
}

void Importer::take_note(Record& record) {
  std::string text = record.other_process;
  if (record.name != nullptr) text += " " + record.name->foreign;
  const Value value = record.take_value();
  if (!record.value_source.empty() && !value.is_nil())
    text += fmt::format(" {}", record.value_source);
  else if (!value.is_nil())
    text += fmt::format(" {}", to_text(value));
  append(record, {.what = model::Note{std::move(text)}});
}

Value Importer::split(Record& record, Value& key, const Value* key_invoked) {
  if (record.key) {
    key = std::move(*record.key);
    return record.take_value();
  }
  if (!imported_.keyed) {
    // Taken for what it is not, a key would be lost without a word.
    const bool contradicts = imported_.keyed_guessed && record.type == Type::invoke &&
                             record.is_pair && key_hint(record) == KeyHint::keyed;
    Value value = record.take_value();
    if (contradicts)
      throw Malformed{record.value_at,
                      fmt::format("expected a value without a key, found {}", shown(value)),
                      "the file does not seem to be keyed; say --keyed or --not-keyed"};
    return value;
  }
  if (record.is_pair) {
    key = std::move(record.pair[0]);
    return std::move(record.pair[1]);
  }
  // What went wrong may leave no value, or a word in its place.
  const bool may_lack = key_invoked != nullptr && (record.value.is_nil() || record.value.is_text());
  if (!may_lack)
    throw Malformed{record.value_at == nullptr ? record.at : record.value_at,
                    fmt::format("expected a value [key value], found {}", shown(record.value)),
                    imported_.keyed_guessed
                        ? "the file seems to be keyed; if it is not, say --not-keyed"
                        : "if the file is not keyed, say --not-keyed"};
  key = *key_invoked;
  return std::move(record.value);
}

void Importer::invoke(Record& record) {
  const auto [at, is_new] = clients_.try_emplace(*record.process);
  Client& client = at->second;
  if (is_new) {
    client.number = *record.process;
    if (!given_numbers_.empty() && given_numbers_.contains(client.number))
      client.number = fresh_number();
  }
  if (client.busy)
    throw Malformed{record.at,
                    fmt::format("process {} invokes '{}' although it still awaits its "
                                "'{}'",
                                *record.process, asked(record.name), asked(client.name))};
  if (client.retired) {
    client.number = fresh_number();
    client.retired = false;
    ++renumbered_;
  }
  client.op.process = base::ProcessId(client.number);
  client.op.key = Value();
  Value value = split(record, client.op.key, nullptr);
  invoke_as(client, record, std::move(value));
  client.busy = true;
  append(record, {.what = model::Invoked{client.op}});
}

/// Sets what the operation does, and to what.
void Importer::invoke_as(Client& client, const Record& record, Value value) {
  const Name* name = record.name;
  client.name = name;
  const bool is_plain = name != nullptr && record.argument;
  if (!is_plain &&
      (is_transaction(value) || (name != nullptr && name->function == function::transaction))) {
    client.op.function = function::transaction;
    client.op.argument = record.argument ? *record.argument : with_short_names(value);
    return;
  }
  if (name == nullptr) throw Malformed{record.at, "expected an 'f': an operation needs a function"};
  if (name->function.empty())
    throw Malformed{record.at,
                    fmt::format("'{}' cannot name a function of a client", name->foreign),
                    fmt::format("use 1 to {} characters", model::Function::capacity)};
  client.op.function = name->function;
  if (record.argument) {
    client.op.argument = *record.argument;
    return;
  }
  const Request request = name->row == nullptr ? Request::plain : name->row->request;
  auto argument = argument_of(request, value);
  if (!argument)
    throw Malformed{record.value_at == nullptr ? record.at : record.value_at,
                    fmt::format("expected {} as the value of '{}', found {}", expected_of(request),
                                name->foreign, shown(value))};
  // "remove" takes an element from a set, or a key from a store.
  if (name->function == function::discard && argument->is_nil())
    client.op.function = function::remove;
  client.op.argument = std::move(*argument);
}

void Importer::complete(Record& record) {
  const auto at = clients_.find(*record.process);
  if (at == clients_.end() || !at->second.busy)
    throw Malformed{record.at, fmt::format("process {} completes '{}', which it does not await",
                                           *record.process, asked(record.name))};
  Client& client = at->second;
  if (record.name != nullptr && client.name != nullptr && record.name != client.name &&
      record.name->function != client.name->function)
    throw Malformed{record.at,
                    fmt::format("process {} completes '{}' but had invoked '{}'", *record.process,
                                record.name->foreign, client.name->foreign)};
  Value key = client.op.key;
  Value value = split(record, key, &client.op.key);
  if (key != client.op.key)
    throw Malformed{record.at, fmt::format("process {} completes '{}' of key {} but had invoked it "
                                           "of key {}",
                                           *record.process, asked(client.name), to_text(key),
                                           to_text(client.op.key))};
  model::Outcome what = outcome(client, record, std::move(value));
  client.busy = false;
  client.retired = what.status == Status::info;
  append(record, {.what = model::Completed{std::move(client.op), std::move(what)}});
}

/// What the system answered to an ok request.
Value Importer::answer(const Client& client, Record& record, Value value) const {
  const bool is_transaction = client.op.function == function::transaction;
  if (record.result)
    return is_transaction ? with_short_names(*record.result) : std::move(*record.result);
  if (!record.has_value) return {};
  if (is_transaction) return with_short_names(value);
  const FunctionName* row = client.name == nullptr ? nullptr : client.name->row;
  if (row != nullptr && row->answer == Answer::result) return value;
  // Most completions repeat the request; another value is an answer.
  if (value.is_nil() || value == client.op.argument) return {};
  if (row != nullptr) {
    const auto again = argument_of(row->request, value);
    if (again && *again == client.op.argument) return {};
  }
  return value;
}

model::Outcome Importer::outcome(const Client& client, Record& record, Value value) {
  model::Outcome what{.status = status_of(record.type), .error = std::move(record.error)};
  if (what.status == Status::ok) {
    what.result = answer(client, record, std::move(value));
    const bool says_nothing =
        options_.nil_read_is_any && client.op.function == function::read && what.result.is_nil();
    if (says_nothing) what = {Status::fail, Value(), "read nil, which stands for any value"};
    return what;
  }
  // A word in the place of the value says what went wrong: ":timed-out".
  if (what.error.empty() && value.is_text() && value != client.op.argument)
    what.error = value.text();
  if (record.result) what.result = std::move(*record.result);
  if (record.observed) what.result = std::move(*record.observed);
  if (what.status == Status::fail) settle_failure(client, record, what);
  return what;
}

void Importer::settle_failure(const Client& client, const Record& record,
                              model::Outcome& outcome) const {
  const bool compared = failed_cas_compared_ || record.observed || !outcome.result.is_nil();
  if (client.op.function == function::cas && outcome.error.empty() && !compared)
    outcome.error = unexplained;
}

std::uint64_t Importer::fresh_number() {
  do ++last_given_;
  while (clients_.contains(last_given_));
  given_numbers_.insert(last_given_);
  return last_given_;
}

/// The file's own indices where they ascend. The order is that of the file whatever they say.
model::EventIndex Importer::next_index(const Record& record) {
  model::EventIndex index = next_index_;
  if (record.index >= 0) {
    const auto told = static_cast<model::EventIndex>(record.index);
    if (told >= index)
      index = told;
    else
      ++out_of_order_;
  }
  next_index_ = index + 1;
  return index;
}

/// Where no times are told, events are a millisecond apart, so that they can be shown.
base::Instant Importer::next_time(const Record& record) {
  if (record.time >= 0) {
    times_seen_ = true;
    last_time_ = base::Instant(record.time);
  } else if (!times_seen_) {
    last_time_ = std::chrono::milliseconds(places_);
  }
  ++places_;
  return last_time_;
}

void Importer::append(const Record& record, model::Event event) {
  event.index = next_index(record);
  event.time = next_time(record);
  const auto added = builder_.add(std::move(event));
  if (!added) throw Malformed{record.at, added.error().what, added.error().next_step};
}

void Importer::add_remarks() {
  if (places_ == 0) builder_.remark("the file holds no operation");
  if (places_ > 0 && !times_seen_)
    builder_.remark("the file tells no times: its events are shown one millisecond apart");
  if (out_of_order_ > 0)
    builder_.remark(fmt::format(
        "{} not ascending: the order of the file is taken",
        out_of_order_ == 1 ? "one index is" : fmt::format("{} indices are", out_of_order_)));
  if (renumbered_ > 0)
    builder_.remark(fmt::format(
        "{} after an unknown outcome, from there on under another number, from 1000000 upwards",
        renumbered_ == 1 ? "one process goes on" : fmt::format("{} processes go on", renumbered_)));
}

Imported Importer::finish() {
  if (!keys_decided_) decide_keys();
  add_remarks();
  imported_.history = builder_.finish();
  settle_object(imported_, options_.object);
  return std::move(imported_);
}

}  // namespace eris::formats
