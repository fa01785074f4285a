// How long the transaction checkers take for a long history: strict serializable, with and without
// a stale read.
//
//   transactions_bench [transactions] [list-append|rw-register] [stale]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <sys/resource.h>

#include "checkers/transactions/testing/random_transactions.hpp"
#include "checkers/transactions/transactions.hpp"

namespace {

struct Usage {
  double seconds;
  long peak_megabytes;
};

Usage usage() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return {
      static_cast<double>(used.ru_utime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec) / 1e6,
      used.ru_maxrss / 1024};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace eris::checkers::transactions;
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  const std::string_view object = argc > 2 ? argv[2] : "list-append";
  const bool stale = argc > 3 && std::string_view(argv[3]) == "stale";
  eris::base::Rng rng(1);
  const eris::model::History history = testing::random_transactions(
      {.flavour = object == "list-append" ? Flavour::list_append : Flavour::rw_register,
       .transactions = count,
       .clients = 10,
       .keys = 10,
       .length_max = 4,
       .keys_rotate_after = 32,
       .stale_read_at = stale ? 0.5 : -1},
      rng);
  const Usage before = usage();
  const auto checker = make_transaction_checker(Model::strict_serializable, std::string(object));
  const auto result = checker->check(history, {});
  const Usage after = usage();
  std::printf("%zu transactions, %s: %s in %.2f s user; peak %ld MB, %ld MB before\n%s\n", count,
              object.data(), std::string(to_text(result.verdict)).c_str(),
              after.seconds - before.seconds, after.peak_megabytes, before.peak_megabytes,
              result.reason.c_str());
  for (const auto& finding : result.findings)
    std::printf("%s: %s\n", finding.anomaly.c_str(), finding.sentence.c_str());
}
