#include "workloads/set.hpp"

#include "workloads/key_pool.hpp"
#include "workloads/mix.hpp"

namespace eris::workloads {

namespace {

namespace function = model::function;

constexpr const char* explanation =
    R"(A few sets that clients add elements to and read whole. Every element is added once in the
whole run, so the final reads say of each acknowledged one whether it is there: what a replica
forgot, what a merge of concurrent versions dropped, what a partition never healed.

It asks for little order, which is what systems without a leader promise: held to "lossless", an
element may be missing for a while and must be there in the end. Held to "linearizable", it must be
there at once.

After operations-per-key operations a set retires and a fresh one takes its place, since every add
may have to send the whole of it. At the end every live set and the latest retired ones are read by
several fresh processes, after all faults have healed.)";

/// Processes that read each set at the end: of five nodes, most are asked.
constexpr std::size_t final_readers = 3;
/// Every set of a short run, so that no acknowledged element goes unread.
constexpr std::size_t retired_kept = 1000;

const std::vector<model::Function>& all_functions() {
  static const std::vector<model::Function> all{function::read, function::add};
  return all;
}

class Set final : public Workload {
 public:
  Set(const model::Options& options, base::Rng rng)
      : rng_(rng),
        mix_(mix_of(options, all_functions())),
        keys_({.prefix = "s",
               .keys = static_cast<std::size_t>(options.integer("keys")),
               .operations_per_key =
                   static_cast<std::uint64_t>(options.integer("operations-per-key")),
               .retired_kept = retired_kept}) {}

  std::optional<model::Op> next(base::ProcessId process) override {
    const model::Function drawn = mix_.draw(rng_);
    const model::Value key = keys_.use(static_cast<std::size_t>(rng_.below(keys_.size())));
    if (drawn == function::read) return model::Op{process, drawn, key, {}};
    return model::Op{process, drawn, key, model::Value(++last_element_)};
  }

  void completed(const model::Op&, const model::Outcome&) override {}

  std::vector<model::Op> final_reads() override {
    return reads_of(keys_.worth_reading(), final_readers);
  }

 private:
  base::Rng rng_;
  Mix mix_;
  KeyPool keys_;
  std::int64_t last_element_ = 0;
};

std::vector<model::Function> functions(const model::Options& options) {
  return mix_of(options, all_functions()).functions();
}

std::unique_ptr<Workload> make(const model::Options& options, base::Rng rng) {
  return std::make_unique<Set>(options, rng);
}

}  // namespace

WorkloadType set_workload() {
  return {.schema = {.name = "set",
                     .summary = "a few sets under add and read, every element added once",
                     .explanation = explanation,
                     .options = {{.name = "keys",
                                  .kind = model::OptionKind::integer,
                                  .default_value = std::int64_t{5},
                                  .help = "sets in use at a time; fewer means more contention",
                                  .minimum = 1,
                                  .maximum = 1e6},
                                 operations_per_key_option(200),
                                 weight_option(function::read, 1, 1),
                                 weight_option(function::add, 1, 1)}},
          .object = "set",
          .functions = &functions,
          .make = &make};
}

}  // namespace eris::workloads
