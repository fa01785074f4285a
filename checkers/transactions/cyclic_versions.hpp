// Cyclic versions: what is concluded about the order of a register's versions runs in a circle.
//
// Registers do not show in which order their values came. What transactions saw tells some of it:
//   - what was there at the start came before everything that was written;
//   - who reads a key and then writes it replaces what it read, or something later;
//   - by the order of processes: what a process saw first came before what it saw later, if that
//     was something else. True wherever a transaction sees all that its process saw before.
// Each is true by itself; when they contradict one another, no order of versions is left. Lists
// show their order, and what contradicts it there has names of its own: incompatible order,
// reordered appends, future read. In real time the same conclusions are edges between
// transactions, and a circle of them is G-single-realtime (rw_register.cpp).
// Source: Kingsbury and Alvaro (VLDB 2020), section 5.
// Thread rule: pure function.
#pragma once

#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/cycles.hpp"
#include "checkers/transactions/registers.hpp"

namespace eris::checkers::transactions {

/// Adds the smallest circle as "cyclic versions", or as "cyclic versions-process" for
/// Scope::process. Takes no other scope. O(n) but for the search of the smallest. Throws
/// OutOfBudget.
void find_cyclic_versions(const Transactions& transactions, const Registers& registers, Scope scope,
                          Allowance& allowance, Anomalies& anomalies);

}  // namespace eris::checkers::transactions
