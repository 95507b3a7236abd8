#include "bench/postgres/strategies.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace daybook::bench {

namespace {

// PostgreSQL's account 0 is where the money came from.
std::int32_t id_of(std::uint32_t account) {
    return static_cast<std::int32_t>(account) + 1;
}
std::int64_t amount_of(const Operation& operation) {
    return static_cast<std::int64_t>(operation.amount);
}
Parameters stated(const Operation& operation) {
    Parameters parameters;
    parameters.add(operation.key).add(id_of(operation.from)).add(id_of(operation.to));
    parameters.add(amount_of(operation));
    return parameters;
}

Answered answered_by(std::int64_t outcome) {
    if (outcome == 1) return Answered::accepted;
    return outcome == 2 ? Answered::declined : Answered::replayed;
}

// A transaction of several statements. After the first that fails the others are not sent.
class Transaction {
public:
    Transaction(Connection& connection, const Operation& operation)
        : connection_{connection}, operation_{operation} {}

    // Begins it and inserts the key; true when it is new. The answer of an old one is then known.
    Task<bool> begin(const char* how) {
        co_await execute(how, {});
        Parameters key;
        key.add(operation_.key);
        const bool is_new = co_await execute("claim_key", key) && answer_.rows() == 1;
        if (is_new) {
            id_ = answer_.at(0, 0);
        } else if (co_await execute("outcome_of_key", stated(operation_))) {
            answered_ = answered_by(answer_.at(0, 0));
        }
        co_return is_new&& is_fine();
    }

    Task<bool> execute(const char* statement, Parameters parameters) {
        if (!is_fine()) co_return false;
        answer_ = co_await connection_.execute(statement, parameters);
        if (!answer_.is_ok()) failure_ = answer_.sqlstate();
        co_return is_fine();
    }

    // One balance by a statement with $1 = account, and the version where it is read.
    Task<bool> balance(const char* statement, Parameters parameters, std::int64_t& balance) {
        const bool is_done = co_await execute(statement, std::move(parameters));
        if (is_done && answer_.rows() == 1) balance = answer_.at(0, 0);
        co_return is_done;
    }

    Task<bool> accept(std::int64_t from_balance, std::int64_t to_balance) {
        answered_ = Answered::accepted;
        Parameters parameters = record();
        parameters.add(from_balance).add(to_balance);
        co_return co_await execute("record_accepted", std::move(parameters));
    }
    Task<bool> decline() {
        answered_ = Answered::declined;
        co_return co_await execute("record_declined", record());
    }

    void fail_with(std::string failure) { failure_ = std::move(failure); }

    Task<Attempt> end() {
        co_await execute("commit", {});
        if (is_fine()) co_return Attempt{answered_, {}};
        co_await connection_.execute("rollback");
        co_return Attempt{std::nullopt, failure_};
    }

    bool is_fine() const { return failure_.empty(); }
    const Answer& answer() const { return answer_; }

private:
    Parameters record() const {
        Parameters parameters;
        parameters.add(id_).add(id_of(operation_.from)).add(id_of(operation_.to));
        parameters.add(amount_of(operation_));
        return parameters;
    }

    Connection& connection_;
    const Operation& operation_;
    std::int64_t id_ = 0;
    Answer answer_;
    std::optional<Answered> answered_;
    std::string failure_;
};

Parameters account(std::uint32_t index) {
    Parameters parameters;
    parameters.add(id_of(index));
    return parameters;
}
Parameters movement(std::uint32_t index, std::int64_t amount) {
    Parameters parameters = account(index);
    parameters.add(amount);
    return parameters;
}

// Once both are locked and the payer's balance is known.
Task<bool> settle(Transaction& transaction, const Operation& operation, std::int64_t available) {
    const std::int64_t amount = amount_of(operation);
    if (available < amount) co_return co_await transaction.decline();
    std::int64_t from_balance = 0;
    std::int64_t to_balance = 0;
    co_await transaction.balance("move", movement(operation.from, -amount), from_balance);
    co_await transaction.balance("move", movement(operation.to, amount), to_balance);
    co_return co_await transaction.accept(from_balance, to_balance);
}

// As most first versions do: lock the payer, then the payee.
Task<Attempt> payload_order(Connection& connection, const Operation& operation) {
    Transaction transaction{connection, operation};
    if (co_await transaction.begin("begin")) {
        std::int64_t available = 0;
        std::int64_t ignored = 0;
        co_await transaction.balance("lock_account", account(operation.from), available);
        co_await transaction.balance("lock_account", account(operation.to), ignored);
        co_await settle(transaction, operation, available);
    }
    co_return co_await transaction.end();
}

Task<Attempt> sorted_locks(Connection& connection, const Operation& operation) {
    Transaction transaction{connection, operation};
    if (co_await transaction.begin("begin")) {
        Parameters both = account(operation.from);
        both.add(id_of(operation.to));
        const bool is_locked = co_await transaction.execute("lock_accounts", std::move(both));
        const int payer = operation.from < operation.to ? 0 : 1;
        if (is_locked) co_await settle(transaction, operation, transaction.answer().at(payer, 1));
    }
    co_return co_await transaction.end();
}

struct Read {
    std::uint32_t account = 0;
    std::int64_t change = 0;
    std::int64_t balance = 0;
    std::int64_t version = 0;
};

// Both accounts, the smaller number first.
Task<bool> read_both(Transaction& transaction, const Operation& operation,
                     std::array<Read, 2>& both) {
    both[0] = {operation.from, -amount_of(operation)};
    both[1] = {operation.to, amount_of(operation)};
    if (operation.from > operation.to) std::swap(both[0], both[1]);
    for (auto& read : both) {
        if (!co_await transaction.execute("read_account", account(read.account))) co_return false;
        read.balance = transaction.answer().at(0, 0);
        read.version = transaction.answer().at(0, 1);
    }
    co_return true;
}

bool is_covered(const std::array<Read, 2>& both) {
    return std::ranges::all_of(
        both, [](const Read& read) { return read.change > 0 || read.balance + read.change >= 0; });
}

Task<bool> accept(Transaction& transaction, const std::array<Read, 2>& both) {
    const std::size_t payer = both[0].change < 0 ? 0 : 1;
    co_return co_await transaction.accept(both.at(payer).balance + both.at(payer).change,
                                          both.at(1 - payer).balance + both.at(1 - payer).change);
}

Task<Attempt> optimistic(Connection& connection, const Operation& operation) {
    Transaction transaction{connection, operation};
    std::array<Read, 2> both;
    if (co_await transaction.begin("begin") && co_await read_both(transaction, operation, both)) {
        const bool is_accepted = is_covered(both);
        for (const auto& read : both) {
            if (!is_accepted) break;
            Parameters parameters = movement(read.account, read.change);
            parameters.add(read.version);
            const bool is_done =
                co_await transaction.execute("move_if_unchanged", std::move(parameters));
            if (is_done && transaction.answer().rows() == 0)
                transaction.fail_with("version_conflict");
        }
        if (is_accepted) {
            co_await accept(transaction, both);
        } else {
            co_await transaction.decline();
        }
    }
    co_return co_await transaction.end();
}

// Reads, decides and writes what it computed; whether anybody else wrote meanwhile is left to the
// isolation level.
Task<Attempt> read_then_write(Connection& connection, const Operation& operation,
                              const char* begin) {
    Transaction transaction{connection, operation};
    std::array<Read, 2> both;
    if (co_await transaction.begin(begin) && co_await read_both(transaction, operation, both)) {
        if (is_covered(both)) {
            for (const auto& read : both) {
                co_await transaction.execute("set_balance",
                                             movement(read.account, read.balance + read.change));
            }
            co_await accept(transaction, both);
        } else {
            co_await transaction.decline();
        }
    }
    co_return co_await transaction.end();
}

Task<Attempt> serializable(Connection& connection, const Operation& operation) {
    return read_then_write(connection, operation, "begin_serializable");
}
Task<Attempt> unlocked(Connection& connection, const Operation& operation) {
    return read_then_write(connection, operation, "begin");
}

Task<Attempt> function(Connection& connection, const Operation& operation) {
    const Answer answer = co_await connection.execute("transfer", stated(operation));
    if (!answer.is_ok()) co_return Attempt{std::nullopt, answer.sqlstate()};
    co_return Attempt{answered_by(answer.at(0, 0)), {}};
}

}  // namespace

Strategy strategy_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Strategy>, 6> kStrategies{{
        {"payload_order", payload_order},
        {"sorted_locks", sorted_locks},
        {"optimistic", optimistic},
        {"serializable", serializable},
        {"function", function},
        {"unlocked", unlocked},
    }};
    const auto* found =
        std::ranges::find(kStrategies, name, [](const auto& pair) { return pair.first; });
    return found == kStrategies.end() ? nullptr : found->second;
}

}  // namespace daybook::bench
