#include "workloads/register.hpp"

#include <utility>

#include "workloads/key_pool.hpp"
#include "workloads/mix.hpp"

namespace eris::workloads {

namespace {

namespace function = model::function;

constexpr const char* explanation =
    R"(A few registers that all clients read, write and compare-and-set at once. Few keys and many
clients mean that operations on one key overlap all the time, which is where stale reads, lost
writes and split brain show.

Every value written is unique in the whole run. So a read names the one write that it saw, which
lets the checker decide linearizability in n·log n instead of searching, and lets a report say
"process 4 read what process 2 had overwritten three seconds before".

A compare-and-set expects the last value that any client saw on its key, so that many succeed; where
none is known yet, a write takes its place. A failed compare-and-set is harmless and still says
what the register did not hold.

Of every ten processes, `readers` only read. The others leave a node that is cut off with their
first write there, which never ends; readers stay, and see what an old leader still tells.

After operations-per-key operations a key retires and a fresh one takes its place. At the end every
live key and the latest retired ones are read by several fresh processes, after all faults have
healed: a write that was acknowledged and is gone shows there at the latest.)";

/// Processes that read each key at the end: of five nodes, most are asked.
constexpr std::size_t final_readers = 3;
/// Enough to notice a loss on a key that retired lately, few enough to take no time.
constexpr std::size_t retired_kept = 100;

const std::vector<model::Function>& all_functions() {
  static const std::vector<model::Function> all{function::read, function::write, function::cas};
  return all;
}

class Register final : public Workload {
 public:
  Register(const model::Options& options, base::Rng rng)
      : rng_(rng),
        mix_(mix_of(options, all_functions())),
        readers_(options.integer("readers")),
        keys_({.prefix = "r",
               .keys = static_cast<std::size_t>(options.integer("keys")),
               .operations_per_key =
                   static_cast<std::uint64_t>(options.integer("operations-per-key")),
               .retired_kept = retired_kept}) {}

  std::optional<model::Op> next(base::ProcessId process) override {
    const model::Function drawn = only_reads(process, readers_) ? function::read : mix_.draw(rng_);
    const model::Value key = keys_.use(static_cast<std::size_t>(rng_.below(keys_.size())));
    if (drawn == function::read) return model::Op{process, drawn, key, {}};
    const model::Value fresh(++last_value_);
    if (drawn == function::cas)
      if (model::Value expected = keys_.last_seen(key); !expected.is_nil())
        return model::Op{process, drawn, key,
                         model::Value(model::Value::List{std::move(expected), fresh})};
    return model::Op{process, function::write, key, fresh};
  }

  void completed(const model::Op& op, const model::Outcome& outcome) override {
    if (outcome.status == model::Status::ok) {
      keys_.saw(op.key, op.function == function::read    ? outcome.result
                        : op.function == function::write ? op.argument
                                                         : op.argument.list()[1]);
    } else if (outcome.status == model::Status::fail && !outcome.result.is_nil()) {
      keys_.saw(op.key, outcome.result);  // a failed comparison that tells what it saw
    }
  }

  std::vector<model::Op> final_reads() override {
    return reads_of(keys_.worth_reading(), final_readers);
  }

 private:
  base::Rng rng_;
  Mix mix_;
  std::int64_t readers_;
  KeyPool keys_;
  std::int64_t last_value_ = 0;
};

std::vector<model::Function> functions(const model::Options& options) {
  return functions_used(options, all_functions());
}

std::unique_ptr<Workload> make(const model::Options& options, base::Rng rng) {
  return std::make_unique<Register>(options, rng);
}

}  // namespace

WorkloadType register_workload() {
  return {.schema = {.name = "register",
                     .summary = "a few registers under read, write and compare-and-set, every "
                                "value unique",
                     .explanation = explanation,
                     .options = {{.name = "keys",
                                  .kind = model::OptionKind::integer,
                                  .default_value = std::int64_t{5},
                                  .help = "registers in use at a time; fewer means more contention",
                                  .minimum = 1,
                                  .maximum = 1e6},
                                 operations_per_key_option(2000),
                                 readers_option(),
                                 weight_option(function::read, 5, 1),
                                 weight_option(function::write, 3),
                                 weight_option(function::cas, 2)}},
          .object = "register",
          .functions = &functions,
          .make = &make};
}

}  // namespace eris::workloads
