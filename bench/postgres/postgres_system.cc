#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "bench/postgres/connection.h"
#include "bench/postgres/strategies.h"
#include "bench/postgres/system.h"

namespace daybook::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Turn {
    std::uint64_t index = 0;
    Timeline::Time asked;
};

// The clients of a pool: each waits for a connection, then for its answer, then asks anew.
class Clients {
public:
    Clients(const Load& load, const Timeline& timeline)
        : next_{load.first},
          end_{load.limit == 0 ? ~std::uint64_t{0} : load.first + load.limit},
          timeline_{timeline},
          waiting_since_(load.clients, timeline.started) {}

    std::optional<Turn> next() {
        if (is_over(steady_clock::now()) || next_ == end_) return std::nullopt;
        const Turn turn{next_++, waiting_since_.front()};
        waiting_since_.pop_front();
        return turn;
    }
    void has_answer(Timeline::Time now) { waiting_since_.push_back(now); }
    bool is_over(Timeline::Time now) const { return now >= timeline_.over; }

private:
    std::uint64_t next_;
    std::uint64_t end_;
    Timeline timeline_;
    std::deque<Timeline::Time> waiting_since_;
};

// What an application tries again after: serialization failure, deadlock, lost version.
bool is_worth_another_try(const std::string& failure) {
    return failure == "40001" || failure == "40P01" || failure == "version_conflict";
}

// Serves clients until the run is over. What fails is tried again at once, as often as it takes.
Task<bool> serve(Connection& connection, Strategy strategy, Clients& clients,
                 const Operations& operations, Tally& tally) {
    while (const auto turn = clients.next()) {
        const Operation operation = operations.at(turn->index);
        std::optional<Answered> answered;
        while (!answered) {
            const Attempt attempt = co_await strategy(connection, operation);
            answered = attempt.answered;
            if (answered) break;
            tally.note_failure(attempt.failure);
            if (!is_worth_another_try(attempt.failure)) {
                tally.add_finding("operation " + std::to_string(turn->index) + " failed with " +
                                  attempt.failure);
                co_return false;
            }
            if (clients.is_over(steady_clock::now())) answered = Answered::abandoned;
        }
        const auto now = steady_clock::now();
        tally.note(turn->index, *answered, turn->asked, now);
        clients.has_answer(now);
    }
    co_return true;
}

class Postgres final : public System {
public:
    Postgres(std::string conninfo, std::filesystem::path statements)
        : conninfo_{std::move(conninfo)}, statements_{std::move(statements)} {}

    Result<void> prepare(const Load& load) override;
    Result<std::vector<std::int64_t>> balances() override;
    Result<void> run(const Load& load, const Operations& operations, Tally& tally) override;
    Result<void> run_pairs(const Load& load, const Operations& operations, Tally& tally) override;

private:
    Result<void> run_batches(const Load& load, const Operations& operations, Tally& tally);
    bool send_batch(const Load& load, const Operations& operations, std::uint64_t first,
                    std::size_t size);

    std::string conninfo_;
    std::filesystem::path statements_;
    std::unique_ptr<Connection> asking_;
    std::vector<std::unique_ptr<Connection>> pool_;
    Reactor reactor_;
};

Result<void> Postgres::prepare(const Load& load) {
    const auto statements = read_statements(statements_);
    if (!statements) return std::unexpected{statements.error()};
    auto asking = Connection::open(conninfo_, {});
    if (!asking) return std::unexpected{asking.error()};
    asking_ = *std::move(asking);
    const unsigned size = load.batch > 1 ? 1 : std::min(load.connections, load.clients);
    for (unsigned i = 0; i < size; ++i) {
        auto connection = Connection::open(conninfo_, *statements);
        if (!connection) return std::unexpected{connection.error()};
        pool_.push_back(*std::move(connection));
        if (load.batch == 1) reactor_.watch(*pool_.back());
    }
    return {};
}

Result<std::vector<std::int64_t>> Postgres::balances() {
    const Answer answer = asking_->ask("select balance from accounts where id <> 0 order by id");
    if (!answer.is_ok()) return fail(ErrorCode::io_failed, answer.message());
    std::vector<std::int64_t> balances;
    for (int row = 0; row < answer.rows(); ++row)
        balances.push_back(answer.at(row, 0));
    return balances;
}

Result<void> Postgres::run(const Load& load, const Operations& operations, Tally& tally) {
    if (load.batch > 1) return run_batches(load, operations, tally);
    const Strategy strategy = strategy_of(load.strategy);
    if (strategy == nullptr) return fail(ErrorCode::usage, "no strategy " + load.strategy);
    Clients clients{load, tally.timeline()};
    std::vector<Task<bool>> tasks;
    for (const auto& connection : pool_) {
        tasks.push_back(serve(*connection, strategy, clients, operations, tally));
        tasks.back().start();
    }
    while (!std::ranges::all_of(tasks, &Task<bool>::is_done))
        reactor_.turn(milliseconds{100});
    if (!std::ranges::all_of(tasks, &Task<bool>::value))
        return fail(ErrorCode::io_failed, "PostgreSQL failed: " + tally.findings().back());
    return {};
}

Result<void> Postgres::run_pairs(const Load& load, const Operations& operations, Tally& tally) {
    const Strategy strategy = strategy_of(load.strategy);
    if (strategy == nullptr || pool_.size() < 2) {
        return fail(ErrorCode::usage, "pairs take a strategy and 2 connections");
    }
    for (std::uint64_t first = load.first; first < load.first + load.limit; first += 2) {
        Load pair = load;
        pair.first = first;
        pair.limit = 2;
        pair.clients = 2;
        Clients clients{pair, tally.timeline()};
        std::vector<Task<bool>> tasks;
        for (std::size_t i = 0; i < 2; ++i) {
            tasks.push_back(serve(*pool_[i], strategy, clients, operations, tally));
            tasks.back().start();
        }
        while (!std::ranges::all_of(tasks, &Task<bool>::is_done))
            reactor_.turn(milliseconds{100});
    }
    return {};
}

bool Postgres::send_batch(const Load& load, const Operations& operations, std::uint64_t first,
                          std::size_t size) {
    std::vector<Id128> keys;
    std::vector<std::int32_t> from;
    std::vector<std::int32_t> to;
    std::vector<std::int64_t> amounts;
    keys.reserve(load.batch);
    for (std::uint64_t index = first; index < first + size; ++index) {
        const Operation operation = operations.at(index);
        keys.push_back(operation.key);
        from.push_back(static_cast<std::int32_t>(operation.from) + 1);
        to.push_back(static_cast<std::int32_t>(operation.to) + 1);
        amounts.push_back(static_cast<std::int64_t>(operation.amount));
    }
    Parameters parameters;
    parameters.add(array_of(keys)).add(array_of(from)).add(array_of(to)).add(array_of(amounts));
    const bool is_netted = load.strategy == "netted";
    return pool_.front()->send_in_pipeline(is_netted ? "transfer_netted" : "transfer_all",
                                           parameters);
}

// One connection, each batch one transaction, `window` of them on their way.
Result<void> Postgres::run_batches(const Load& load, const Operations& operations, Tally& tally) {
    Connection& connection = *pool_.front();
    if (!connection.enter_pipeline()) return fail(ErrorCode::io_failed, "no pipeline mode");
    const std::uint64_t end = load.limit == 0 ? ~std::uint64_t{0} : load.first + load.limit;
    std::deque<Turn> sent;
    for (std::uint64_t next = load.first;;) {
        const auto now = steady_clock::now();
        const bool is_over = now >= tally.timeline().over || next >= end;
        if (is_over && sent.empty()) return {};
        if (!is_over && sent.size() < load.window) {
            const std::size_t size = std::min<std::uint64_t>(load.batch, end - next);
            if (!send_batch(load, operations, next, size))
                return fail(ErrorCode::io_failed, "PostgreSQL takes no more batches");
            sent.push_back({next, now});
            next += size;
            continue;
        }
        Answer answer;
        if (!connection.take_answer(answer, milliseconds{1000})) continue;
        if (!answer.is_ok()) return fail(ErrorCode::io_failed, answer.message());
        const Turn turn = sent.front();
        sent.pop_front();
        const auto answered_at = steady_clock::now();
        for (int row = 0; row < answer.rows(); ++row) {
            const std::int64_t outcome = answer.at(row, 0);
            const Answered answered = outcome == 1   ? Answered::accepted
                                      : outcome == 2 ? Answered::declined
                                                     : Answered::replayed;
            tally.note(turn.index + static_cast<std::uint64_t>(row), answered, turn.asked,
                       answered_at);
        }
    }
}

}  // namespace

std::unique_ptr<System> new_postgres(std::string conninfo, std::filesystem::path statements) {
    return std::make_unique<Postgres>(std::move(conninfo), std::move(statements));
}

}  // namespace daybook::bench
