#include "checkers/transactions/writes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkers/transactions/words.hpp"

namespace eris::checkers::transactions {

namespace {

base::Error written_twice(const Transactions& all, Flavour flavour, MicroId first, MicroId second) {
  const Micro& write = all.micros[second];
  const bool lists = flavour == Flavour::list_append;
  return base::usage_error(fmt::format("{} was {} to {} twice, so reads do not tell which they saw",
                                       to_text(*write.value), lists ? "appended" : "written",
                                       key_text(all, write.key)),
                           fmt::format("operations {} and {}", all.all[all.owner[first]].operation,
                                       all.all[all.owner[second]].operation),
                           lists ? "append each element once" : "write each value once")
      .error();
}

}  // namespace

base::Result<Writes> Writes::of(const Transactions& transactions, Flavour flavour,
                                Allowance& allowance) {
  const auto failed = [&](MicroId micro) {
    return transactions.all[transactions.owner[micro]].status == model::Status::fail;
  };
  Writes writes;
  writes.by_value_.reserve(
      static_cast<std::size_t>(std::ranges::count_if(transactions.micros, &Micro::write)));
  for (MicroId micro = 0; micro < transactions.micros.size(); ++micro) {
    const Micro& write = transactions.micros[micro];
    allowance.step();
    if (!write.write) continue;
    const auto [place, is_new] = writes.by_value_.try_emplace({write.key, write.value}, micro);
    if (is_new || failed(micro)) continue;
    if (!failed(place->second))
      return std::unexpected(written_twice(transactions, flavour, place->second, micro));
    place->second = micro;
  }
  return writes;
}

}  // namespace eris::checkers::transactions
