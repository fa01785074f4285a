#include "harness/formats/object_guess.hpp"

#include <algorithm>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/formats/formats.hpp"
#include "harness/formats/function_names.hpp"

namespace eris::formats {

namespace function = model::function;
using model::Function;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// What a history is known by.
struct Survey {
  std::vector<Function> functions;  ///< of all operations, each once
  bool reads_lists = false;
  bool reads_integers = false;
  bool reads_texts = false;
  bool appends_texts = false;
  bool micro_appends = false;
  bool micro_writes = false;
  bool micro_messages = false;
  bool many_keys = false;
  bool reads_accounts = false;  ///< lists of [account balance]
  bool adds_repeat = false;     ///< the same is added twice
  /// Reads show texts that were not written in one piece.
  bool concatenates = false;

  [[nodiscard]] bool has(const Function& function) const {
    return std::ranges::find(functions, function) != functions.end();
  }
};

/// [[0 100] [1 50]]: a map of numbers.
bool is_accounts(const Value& value) {
  return value.is_list() && !value.list().empty() &&
         std::ranges::all_of(value.list(), [](const Value& pair) {
           return pair.is_list() && pair.list().size() == 2 && pair.list()[1].is_integer();
         });
}

void look_at_transaction(Survey& survey, const Value& transaction) {
  if (!transaction.is_list()) return;
  for (const Value& part : transaction.list()) {
    if (!part.is_list() || part.list().empty() || !part.list()[0].is_text()) continue;
    const std::string_view name = part.list()[0].text();
    survey.micro_appends = survey.micro_appends || name == "append";
    survey.micro_writes = survey.micro_writes || name == "w";
    survey.micro_messages = survey.micro_messages || name == "send" || name == "poll";
  }
}

void look_at(Survey& survey, const Operation& operation) {
  if (survey.functions.empty() || survey.functions.back() != operation.function)
    if (!survey.has(operation.function)) survey.functions.push_back(operation.function);
  if (operation.function == function::transaction)
    return look_at_transaction(survey, operation.argument);
  if (operation.function == function::append && operation.argument.is_text())
    survey.appends_texts = true;
  if (operation.function != function::read || operation.status != Status::ok) return;
  if (!survey.reads_lists) survey.reads_accounts = is_accounts(operation.result);
  survey.reads_lists = survey.reads_lists || operation.result.is_list();
  survey.reads_integers = survey.reads_integers || operation.result.is_integer();
  survey.reads_texts = survey.reads_texts || operation.result.is_text();
}

bool repeats_additions(const History& history) {
  boost::unordered_flat_set<Value, std::hash<Value>> added;
  return std::ranges::any_of(history.operations, [&](const Operation& operation) {
    return operation.function == function::add && !added.insert(operation.argument).second;
  });
}

bool reads_what_nobody_wrote(const History& history) {
  boost::unordered_flat_set<Value, std::hash<Value>> written;
  for (const Operation& operation : history.operations)
    if (operation.function == function::write) written.insert(operation.argument);
  return std::ranges::any_of(history.operations, [&](const Operation& operation) {
    return operation.function == function::read && operation.status == Status::ok &&
           operation.result.is_text() && !written.contains(operation.result);
  });
}

Survey survey_of(const History& history) {
  Survey survey;
  for (const Operation& operation : history.operations) look_at(survey, operation);
  survey.many_keys = history.keys.size() > 1;
  survey.adds_repeat = survey.has(function::add) && !survey.reads_lists && !survey.reads_integers &&
                       repeats_additions(history);
  survey.concatenates =
      survey.appends_texts && survey.reads_texts && reads_what_nobody_wrote(history);
  return survey;
}

/// An object and the histories that look like its own: one of `any` is there, nothing but `only`
/// is, and the values fit.
struct Row {
  const char* object;
  std::vector<Function> any;
  std::vector<Function> only;
  bool (*fits)(const Survey&);
  const char* why;
};

bool always(const Survey&) {
  return true;
}

/// The first that fits is taken.
const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"bank",
       {function::transfer},
       {function::transfer, function::read},
       always,
       "money is transferred"},
      {"bank",
       {function::read},
       {function::read},
       [](const Survey& s) { return s.reads_accounts; },
       "balances are read"},
      {"log",
       {function::transaction},
       {function::transaction},
       [](const Survey& s) { return s.micro_messages && !s.micro_appends && !s.micro_writes; },
       "messages are sent and polled"},
      {"list-append",
       {function::transaction},
       {function::transaction},
       [](const Survey& s) { return s.micro_appends && !s.micro_writes && !s.micro_messages; },
       "transactions append"},
      {"rw-register",
       {function::transaction},
       {function::transaction},
       [](const Survey& s) { return !s.micro_appends && !s.micro_messages; },
       "transactions read and write"},
      {"mutex",
       {function::acquire, function::release},
       {function::acquire, function::release},
       always,
       "a lock is acquired and released"},
      {"queue",
       {function::enqueue, function::dequeue},
       {function::enqueue, function::dequeue, function::drain},
       always,
       "elements are enqueued and dequeued"},
      {"stack",
       {function::push, function::pop},
       {function::push, function::pop},
       always,
       "elements are pushed and popped"},
      {"priority-queue",
       {function::insert, function::extract},
       {function::insert, function::extract},
       always,
       "elements are inserted, and the smallest extracted"},
      {"set",
       {function::discard, function::contains},
       {function::add, function::discard, function::contains, function::read},
       always,
       "elements are added, removed and looked for"},
      {"fetch-and-add",
       {function::fetch_add},
       {function::fetch_add, function::read},
       always,
       "additions return the old value"},
      {"counter",
       {function::increment, function::add},
       {function::increment, function::add, function::read},
       [](const Survey& s) { return (s.reads_integers || s.adds_repeat) && !s.reads_lists; },
       "what is added is read as a number"},
      {"counter",
       {function::increment},
       {function::increment, function::read},
       [](const Survey& s) { return !s.reads_lists && !s.many_keys; },
       "numbers are added"},
      {"grow-only-set",
       {function::add},
       {function::add, function::read},
       [](const Survey& s) { return !s.reads_integers; },
       "elements are added, and all of them read"},
      {"list",
       {function::append},
       {function::append, function::read},
       [](const Survey& s) { return !s.reads_integers && !s.reads_texts; },
       "elements are appended, and all of them read"},
      {"register",
       {function::read, function::write, function::cas},
       {function::read, function::write, function::cas},
       [](const Survey& s) { return !s.many_keys; },
       "one value is read and written"},
      {"key-value",
       {function::read, function::write, function::cas, function::append, function::remove,
        function::increment},
       {function::read, function::write, function::cas, function::append, function::remove,
        function::increment},
       [](const Survey& s) { return !s.concatenates; },
       "the values of keys are read and written"},
  };
  return all;
}

bool matches(const Row& row, const Survey& survey) {
  const auto is_allowed = [&](const Function& each) {
    return std::ranges::find(row.only, each) != row.only.end();
  };
  return std::ranges::any_of(row.any, [&](const Function& each) { return survey.has(each); }) &&
         std::ranges::all_of(survey.functions, is_allowed) && row.fits(survey);
}

std::string why_none(const Survey& survey) {
  if (survey.functions.empty()) return "there is no operation";
  if (survey.concatenates)
    return "appended texts are read in one piece, and no object here joins texts";
  std::vector<std::string> names;
  for (const Function& each : survey.functions) names.emplace_back(each.view());
  return fmt::format("no object here has all of {}", base::join_words(names));
}

}  // namespace

ObjectGuess guess_object(const History& history) {
  const Survey survey = survey_of(history);
  for (const Row& row : rows())
    if (matches(row, survey)) return {row.object, row.why};
  return {"", why_none(survey)};
}

void settle_object(Imported& imported, const std::optional<std::string>& given) {
  if (given) {
    imported.object = *given;
  } else {
    ObjectGuess guess = guess_object(imported.history);
    imported.object = std::move(guess.object);
    imported.object_why = std::move(guess.why);
  }
  const bool has_add = function_on(imported.object, function::add) != function::add;
  if (!has_add) return;
  for (Operation& operation : imported.history.operations)
    operation.function = function_on(imported.object, operation.function);
}

}  // namespace eris::formats
