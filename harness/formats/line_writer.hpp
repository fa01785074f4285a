// LineWriter: Jepsen's records, one for each request and each answer, in any notation.
//
// Why a template: EDN and elle-cli's JSON hold the same members in the same order and differ in
// punctuation alone. A notation gives that as constants, and says how names and values look.
// Internal to harness/formats. Thread rule: one owner.
#pragma once

#include "harness/formats/written.hpp"
#include "harness/model/json_text.hpp"

namespace eris::formats {

template <typename Notation>
class LineWriter {
 public:
  LineWriter(const model::History& history, const Sink& sink)
      : history_(history), keyed_(is_keyed(history)), output_(sink) {}

  void run() {
    output_.text() += Notation::open;
    for_each_moment(history_, [this](const Moment& moment) { append(moment); });
    output_.text() += Notation::close;
    output_.flush();
  }

 private:
  void append(const Moment& moment) {
    const model::Operation& operation = history_.operations[moment.operation];
    const bool is_invocation = moment.type == Type::invoke;
    std::string& out = output_.text();
    if (index_ > 0) out += Notation::between;
    out += Notation::index;
    model::json::append_number(out, index_++);
    out += Notation::time;
    model::json::append_number(
        out, (is_invocation ? operation.invoked_at : operation.completed_at).count());
    out += Notation::type;
    out += is_invocation ? "invoke" : to_text(operation.status);
    out += Notation::process;
    model::json::append_number(out, operation.process.value);
    append_members(out, operation, members_of(history_, moment));
    out += Notation::end;
    output_.line_done();
  }

  void append_members(std::string& out, const model::Operation& operation,
                      const Members& members) const {
    out += Notation::function;
    Notation::append_name(out, members.function);
    out += Notation::value;
    if (keyed_) {
      out += '[';
      Notation::append_value(out, history_.key_of(operation));
      out += Notation::after_key;
    }
    Notation::append_main_value(out, *members.value);
    if (keyed_) out += ']';
    const auto add = [&out](std::string_view name, const model::Value* value) {
      if (value == nullptr) return;
      out += name;
      Notation::append_value(out, *value);
    };
    add(Notation::argument, members.argument);
    add(Notation::result, members.result);
    add(Notation::observed, members.observed);
    if (members.error == nullptr) return;
    out += Notation::error;
    Notation::append_text(out, *members.error);
  }

  const model::History& history_;
  const bool keyed_;
  Output output_;
  std::uint64_t index_ = 0;
};

}  // namespace eris::formats
