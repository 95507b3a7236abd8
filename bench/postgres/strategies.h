// The ways to book one transfer on PostgreSQL that people use, each as a task on one connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bench/postgres/connection.h"
#include "bench/postgres/operations.h"
#include "bench/postgres/tally.h"
#include "bench/postgres/task.h"

namespace daybook::bench {

struct Attempt {
    std::optional<Answered> answered;  // none: it failed and left nothing behind
    std::string failure;               // the SQLSTATE, or `version_conflict`
};

// Tries once. Accounts are `operation`'s indexes + 1.
using Strategy = Task<Attempt> (*)(Connection& connection, const Operation& operation);

// payload_order, sorted_locks, optimistic, serializable, function, unlocked; null for others.
Strategy strategy_of(std::string_view name);

}  // namespace daybook::bench
