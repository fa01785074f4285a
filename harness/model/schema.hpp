// Schema: what exists (systems, workloads, faults, checks) and which options each takes.
//
// Why: one description drives plan validation, command-line help, `eris list`, completion and the
// generated catalogue in docs/, so that none of them can drift from the others.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

namespace eris::model {

enum class OptionKind { boolean, integer, real, text, duration, bytes, choice, text_list };

using OptionValue =
    std::variant<bool, std::int64_t, double, std::string, base::Duration, std::vector<std::string>>;

/// One option of a system, workload, fault or check.
struct OptionSchema {
  std::string name;  ///< as in the plan: lower case, words joined by '-'
  OptionKind kind = OptionKind::text;
  OptionValue default_value;  ///< bytes are held as integers
  std::string help;           ///< one sentence, with units and what the default means
  std::vector<std::string>
      choices{};                    ///< for choice, and for text_list where only some are allowed
  std::optional<double> minimum{};  ///< for numbers; for durations in seconds
  std::optional<double> maximum{};
};

/// One named thing that a plan can ask for.
struct EntrySchema {
  std::string name;
  std::string summary;      ///< one sentence, for lists
  std::string explanation;  ///< a paragraph or more, for `eris explain`
  std::vector<OptionSchema> options{};
  /// Entries within this one, as the planted bugs of a reference system: `eris explain
  /// raft/figure-8`.
  std::vector<EntrySchema> parts{};
  /// The engines that have it; empty: all of them.
  std::vector<std::string> engines{};
};

/// Everything that a plan may name. Built by the command line from the registries.
struct Catalogue {
  std::vector<EntrySchema> systems;
  std::vector<EntrySchema> workloads;
  std::vector<EntrySchema> faults;
  std::vector<EntrySchema> checks;  ///< by the consistency that they check: "linearizable"
};

/// Options of one entry, complete: each option of its schema has a value.
class Options {
 public:
  Options() = default;
  explicit Options(const std::vector<OptionSchema>& schema);  ///< all defaults

  /// Checks kind, range and choices. Errors: usage, naming the option; `where` is left empty for
  /// the caller to fill in.
  [[nodiscard]] base::Result<void> set(const OptionSchema& schema, OptionValue value);
  /// As set, from text ("3", "250ms", "a,b").
  [[nodiscard]] base::Result<void> set_from_text(const OptionSchema& schema, std::string_view text);

  /// Each asserts that the option exists and has that kind: asking for another is our bug.
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] double real(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] base::Duration duration(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& text_list(std::string_view name) const;

  [[nodiscard]] const std::map<std::string, OptionValue, std::less<>>& values() const {
    return values_;
  }
  bool operator==(const Options&) const = default;

 private:
  std::map<std::string, OptionValue, std::less<>> values_;
};

/// The entry with this name, or nullptr.
[[nodiscard]] const EntrySchema* find(const std::vector<EntrySchema>& entries,
                                      std::string_view name);
/// The option with this name, or nullptr.
[[nodiscard]] const OptionSchema* find(const std::vector<OptionSchema>& options,
                                       std::string_view name);
[[nodiscard]] std::vector<std::string> names_of(const std::vector<EntrySchema>& entries);
[[nodiscard]] std::vector<std::string> names_of(const std::vector<OptionSchema>& options);
/// "3", "250ms", "true", "a,b": what set_from_text reads back.
[[nodiscard]] std::string to_text(const OptionValue& value);

}  // namespace eris::model
