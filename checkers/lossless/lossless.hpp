// Lossless: nothing that was acknowledged is lost, and nothing is seen that nobody put there.
//
// Why beside linearizability: sets, queues and logs that promise no order still promise this much,
// and it is decided by counting, whatever the size of the history.
// Sets (the set-full of Jepsen): "add" and "read" of everything; says of every element if it was
// stable, stale for a while, lost, or never looked for. Queues (total-queue): "enqueue", "dequeue",
// "drain". Logs (Kafka's): "txn" of ["send" key value], answered with ["send" key [offset value]],
// and ["poll" nil nil], answered with ["poll" nil [[key [[offset value] …]] …]].
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkers/allowance.hpp"
#include "checkers/checker.hpp"

namespace eris::checkers::lossless {

/// "set", "queue", "log".
[[nodiscard]] const std::vector<std::string>& objects();

/// nullptr for another object.
[[nodiscard]] std::unique_ptr<Checker> make_lossless_checker(const std::string& object);

/// Each throws OutOfBudget.
[[nodiscard]] model::CheckResult check_set(const model::History& history, Allowance& allowance);
[[nodiscard]] model::CheckResult check_queue(const model::History& history, Allowance& allowance);
[[nodiscard]] model::CheckResult check_log(const model::History& history, Allowance& allowance);

}  // namespace eris::checkers::lossless
