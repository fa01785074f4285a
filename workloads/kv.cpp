#include "workloads/kv.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"
#include "workloads/key_pool.hpp"
#include "workloads/mix.hpp"

namespace eris::workloads {

namespace {

namespace function = model::function;

constexpr const char* explanation =
    R"(Many keys under reads, writes, compare-and-set, appends, deletes and increments, as an
application would use a key-value store. Keys come in three families, so that every function meets
values that it can work on:
  k0, k1, …   single values: read, write, cas, delete
  l0, l1, …   lists: read, append
  c0, c1, …   counters: read, increment
A weight of 0 leaves a function out, and its family where nothing else uses it.

With the zipf distribution the key of rank n is used in proportion to 1/n^exponent, as in real
traffic: a few keys are fought over, and a long tail is touched now and then, after hundreds of
other entries have gone through the log. With uniform all keys are used alike.

Written and appended values are unique in the whole run. A list shows the order in which its appends
took effect, so an append that is lost, doubled or reordered is seen in a single read; a counter
shows that one was lost or counted twice, which is what a retried request does to a system that
forgets whom it has answered. Deletes leave a key without a value, which a read shows as nil.

Keys retire after operations-per-key operations, which keeps lists short, and are read again at the
end, by several fresh processes, after all faults have healed.)";

constexpr std::size_t final_readers = 3;
constexpr std::size_t retired_kept = 100;

/// What a kind of key is used for.
struct FamilyType {
  const char* prefix;
  std::vector<model::Function> changes;  ///< besides read
};

const std::vector<FamilyType>& family_types() {
  static const std::vector<FamilyType> all{
      {"k", {function::write, function::cas, function::remove}},
      {"l", {function::append}},
      {"c", {function::increment}},
  };
  return all;
}

const std::vector<model::Function>& all_functions() {
  static const std::vector<model::Function> all{function::read,   function::write,
                                                function::cas,    function::append,
                                                function::remove, function::increment};
  return all;
}

std::int64_t weight_of(const model::Options& options, const std::vector<model::Function>& changes) {
  std::int64_t sum = 0;
  for (const model::Function& change : changes) sum += options.integer(change.view());
  return sum;
}

class KeyValue final : public Workload {
 public:
  KeyValue(const model::Options& options, base::Rng rng)
      : rng_(rng),
        mix_(mix_of(options, all_functions())),
        readers_(options.integer("readers")),
        // With exponent 0 every key is as likely as any other.
        popularity_(static_cast<std::size_t>(options.integer("keys")),
                    options.text("distribution") == "uniform" ? 0.0 : options.real("exponent")) {
    for (const FamilyType& type : family_types())
      if (const std::int64_t weight = weight_of(options, type.changes); weight > 0)
        add_family(type, weight, options);
    if (families_.empty()) add_family(family_types().front(), 1, options);
  }

  std::optional<model::Op> next(base::ProcessId process) override {
    const model::Function drawn = only_reads(process, readers_) ? function::read : mix_.draw(rng_);
    KeyPool& keys = (drawn == function::read ? draw_family() : family_of(drawn)).keys;
    const model::Value key = keys.use(popularity_.draw(rng_));
    if (drawn == function::read || drawn == function::remove)
      return model::Op{process, drawn, key, {}};
    if (drawn == function::increment) return model::Op{process, drawn, key, 1};
    const model::Value fresh(++last_value_);
    if (drawn != function::cas) return model::Op{process, drawn, key, fresh};
    model::Value expected = keys.last_seen(key);
    if (expected.is_nil()) return model::Op{process, function::write, key, fresh};
    return model::Op{process, drawn, key,
                     model::Value(model::Value::List{std::move(expected), fresh})};
  }

  void completed(const model::Op& op, const model::Outcome& outcome) override {
    Family& family = family_of_key(op.key);
    // Only compare-and-set asks what was seen, and only on single values.
    if (family.type != &family_types().front()) return;
    if (outcome.status == model::Status::fail && !outcome.result.is_nil())
      family.keys.saw(op.key, outcome.result);
    if (outcome.status != model::Status::ok) return;
    if (op.function == function::read)
      family.keys.saw(op.key, outcome.result);
    else if (op.function == function::write)
      family.keys.saw(op.key, op.argument);
    else if (op.function == function::cas)
      family.keys.saw(op.key, op.argument.list()[1]);
    else
      family.keys.saw(op.key, {});
  }

  std::vector<model::Op> final_reads() override {
    std::vector<model::Value> keys;
    for (const Family& family : families_)
      std::ranges::copy(family.keys.worth_reading(), std::back_inserter(keys));
    return reads_of(keys, final_readers);
  }

 private:
  struct Family {
    const FamilyType* type;
    std::uint64_t weight;  ///< of its changes; reads are spread in proportion
    KeyPool keys;
  };

  void add_family(const FamilyType& type, std::int64_t weight, const model::Options& options) {
    const auto per_key = static_cast<std::uint64_t>(options.integer("operations-per-key"));
    families_.push_back({&type, static_cast<std::uint64_t>(weight),
                         KeyPool({.prefix = type.prefix,
                                  .keys = static_cast<std::size_t>(options.integer("keys")),
                                  .operations_per_key = per_key,
                                  .retired_kept = retired_kept})});
    total_weight_ += static_cast<std::uint64_t>(weight);
  }

  Family& draw_family() {
    std::uint64_t place = rng_.below(total_weight_);
    for (Family& family : families_) {
      if (place < family.weight) return family;
      place -= family.weight;
    }
    ERIS_ASSERT(false, "a draw below the total falls on a family");
    return families_.front();
  }

  Family& family_of(const model::Function& change) {
    const auto found = std::ranges::find_if(families_, [&](const Family& family) {
      return std::ranges::find(family.type->changes, change) != family.type->changes.end();
    });
    ERIS_ASSERT(found != families_.end(), "a function with a weight has a family");
    return *found;
  }

  Family& family_of_key(const model::Value& key) {
    const auto found = std::ranges::find_if(families_, [&](const Family& family) {
      return key.text().starts_with(family.type->prefix);
    });
    ERIS_ASSERT(found != families_.end(), "a workload completes only what it asked for");
    return *found;
  }

  base::Rng rng_;
  Mix mix_;
  std::int64_t readers_;
  base::Zipf popularity_;
  std::vector<Family> families_;
  std::uint64_t total_weight_ = 0;
  std::int64_t last_value_ = 0;
};

std::vector<model::Function> functions(const model::Options& options) {
  return functions_used(options, all_functions());
}

std::unique_ptr<Workload> make(const model::Options& options, base::Rng rng) {
  return std::make_unique<KeyValue>(options, rng);
}

std::vector<model::OptionSchema> option_schemas() {
  return {{.name = "keys",
           .kind = model::OptionKind::integer,
           .default_value = std::int64_t{100},
           .help = "live keys of each family: single values, lists, counters",
           .minimum = 1,
           .maximum = 1e6},
          {.name = "distribution",
           .kind = model::OptionKind::choice,
           .default_value = std::string("zipf"),
           .help = "which keys are used: zipf (a few are hot) or uniform (all alike)",
           .choices = {"zipf", "uniform"}},
          {.name = "exponent",
           .kind = model::OptionKind::real,
           .default_value = 0.99,
           .help = "of the zipf distribution: the greater, the hotter the hottest keys",
           .minimum = 0,
           .maximum = 10},
          operations_per_key_option(500),
          readers_option(),
          weight_option(function::read, 10, 1),
          weight_option(function::write, 4),
          weight_option(function::cas, 3),
          weight_option(function::append, 2),
          weight_option(function::remove, 1),
          weight_option(function::increment, 2)};
}

}  // namespace

WorkloadType kv_workload() {
  return {.schema = {.name = "kv",
                     .summary = "many keys, some hot, under read, write, cas, append, delete and "
                                "increment",
                     .explanation = explanation,
                     .options = option_schemas()},
          .object = "key-value",
          .functions = &functions,
          .make = &make};
}

}  // namespace eris::workloads
