// Models: what databases promise of transactions, and which anomaly breaks which promise.
//
// Why a table: an analysis finds anomalies without knowing what was promised; from them alone it
// follows which models the history rules out, and which are the strongest that remain.
// Invariant: a model that is ruled out takes every stronger one with it.
// Sources: Adya (1999), chapter 4; Berenson et al. (1995); Bailis et al. (2014); Cerone, Bernardi
// and Gotsman (2015); Daudjee and Salem (2006) for sessions; Elle (Kingsbury and Alvaro 2020).
// Thread rule: constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eris::checkers::transactions {

/// From weak to strong: no model implies one after it.
enum class Model : std::uint8_t {
  read_uncommitted,
  read_committed,
  strong_session_read_committed,
  strong_read_committed,
  read_atomic,
  transactional_causal,
  cursor_stability,
  consistent_view,
  parallel_snapshot_isolation,
  snapshot_isolation,
  strong_session_snapshot_isolation,
  strong_snapshot_isolation,
  repeatable_read,
  serializable,
  strong_session_serializable,
  strict_serializable,
};
inline constexpr std::size_t model_count = 16;

/// A set of models.
class Models {
 public:
  constexpr Models() = default;
  constexpr Models(std::initializer_list<Model> models) {
    for (const Model model : models) bits_ |= bit(model);
  }
  [[nodiscard]] static constexpr Models all() { return Models((1u << model_count) - 1); }

  [[nodiscard]] constexpr bool has(Model model) const { return (bits_ & bit(model)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr Models operator|(Models other) const { return Models(bits_ | other.bits_); }
  constexpr Models operator-(Models other) const { return Models(bits_ & ~other.bits_); }
  constexpr Models& operator|=(Models other) { return *this = *this | other; }
  constexpr bool operator==(const Models&) const = default;

 private:
  constexpr explicit Models(std::uint32_t bits) : bits_(bits) {}
  [[nodiscard]] static constexpr std::uint32_t bit(Model model) {
    return 1u << static_cast<unsigned>(model);
  }
  std::uint32_t bits_ = 0;
};

/// "snapshot-isolation".
[[nodiscard]] std::string_view name_of(Model model);
[[nodiscard]] std::optional<Model> find_model(std::string_view name);
/// One line, and a page, for `eris explain`.
[[nodiscard]] std::string_view summary_of(Model model);
[[nodiscard]] std::string_view explanation_of(Model model);

/// Every model that an anomaly rules out; asserts that the anomaly is known.
[[nodiscard]] Models ruled_out_by(std::string_view anomaly);
/// This model and all that are stronger.
[[nodiscard]] Models at_least(Model model);
/// Those of the set that no other of the set is stronger than.
[[nodiscard]] std::vector<Model> strongest(Models models);
/// Those of the set that no other of the set is weaker than.
[[nodiscard]] std::vector<Model> weakest(Models models);

/// What an anomaly is, in one sentence; empty where its name says it all.
[[nodiscard]] std::string_view meaning_of(std::string_view anomaly);

}  // namespace eris::checkers::transactions
