#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/audit.h"
#include "bench/postgres/system.h"
#include "gateway/command_client.h"
#include "gateway/key.h"
#include "ledger/outcome.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using gateway::CommandClient;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// As many messages as one connection may have on their way without losing answers.
constexpr std::size_t kInFlightMax = gateway::ClientOptions{}.messages_max;

struct Sent {
    std::uint64_t first = 0;
    std::size_t size = 0;
    Timeline::Time asked;
};

// A connection and what is on its way over it.
struct Line {
    CommandClient* client = nullptr;
    std::size_t slots = 1;
    std::unordered_map<gateway::Ticket, Sent> sent;
};

class Daybook final : public System {
public:
    Daybook(std::string endpoint, std::filesystem::path data)
        : endpoint_{std::move(endpoint)}, data_{std::move(data)} {}

    Result<void> prepare(const Load& load) override;
    Result<std::vector<std::int64_t>> balances() override;
    Result<void> run(const Load& load, const Operations& operations, Tally& tally) override;
    Result<void> run_pairs(const Load& load, const Operations& operations, Tally& tally) override;
    Result<std::string> more_json() override;

private:
    Result<std::unique_ptr<CommandClient>> connect(std::size_t messages) const;
    Result<void> fund(const Load& load, AccountNumber source, CommandClient& client);
    Result<Seq> head() const;
    Result<Sent> submit(CommandClient& client, const Operations& operations, std::uint64_t first,
                        std::size_t size, gateway::Ticket& ticket);
    Result<bool> serve(Line& line, milliseconds patience, Tally& tally);
    Result<void> fill(Line& line, const Tally& tally);
    static Result<void> note(const gateway::Completed& completed, const Sent& sent, Tally& tally);

    std::string endpoint_;
    std::filesystem::path data_;
    std::vector<AccountNumber> accounts_;
    std::vector<Transfer> transfers_;
    std::vector<std::unique_ptr<CommandClient>> clients_;
    Seq head_at_start_;
    // Of the run:
    const Operations* operations_ = nullptr;
    std::size_t batch_ = 1;
    std::uint64_t next_ = 0;
    std::uint64_t end_ = 0;
};

Result<std::unique_ptr<CommandClient>> Daybook::connect(std::size_t messages) const {
    gateway::ClientOptions options;
    options.endpoint = endpoint_;
    options.messages_max = messages;
    options.bytes_max = messages * schema::kMessageBytesMax;
    return CommandClient::connect(options);
}

Result<Seq> Daybook::head() const {
    const auto client = connect(1);
    if (!client) return std::unexpected{client.error()};
    return (*client)->head_at_connect();
}

Result<void> Daybook::prepare(const Load& load) {
    const std::size_t slots = load.batch > 1 ? load.window : load.clients;
    for (std::size_t left = slots; left > 0; left -= std::min(left, kInFlightMax)) {
        auto client = connect(std::min(left, kInFlightMax));
        if (!client) return std::unexpected{client.error()};
        clients_.push_back(*std::move(client));
    }
    CommandClient& client = *clients_.front();
    std::vector<OpenAccount> wanted(load.accounts + 1);
    wanted[0] = {
        .key = {}, .code = "source", .asset = {}, .type = AccountType::asset, .limits = {}};
    for (std::uint32_t i = 1; i <= load.accounts; ++i) {
        wanted[i].code = "account:" + std::to_string(i);
        wanted[i].limits.min = SignedAmount{0};
    }
    auto numbers = open_accounts(client, wanted);
    if (!numbers) return std::unexpected{numbers.error()};
    accounts_.assign(numbers->begin() + 1, numbers->end());
    const auto before = balances();
    if (!before) return std::unexpected{before.error()};
    if (std::ranges::all_of(*before, [](std::int64_t balance) { return balance == 0; })) {
        auto funded = fund(load, numbers->front(), client);
        if (!funded) return funded;
    }
    const auto at = head();
    if (!at) return std::unexpected{at.error()};
    head_at_start_ = *at;
    return {};
}

Result<void> Daybook::fund(const Load& load, AccountNumber source, CommandClient& client) {
    SystemClock clock;
    for (std::size_t done = 0; done < accounts_.size(); done += schema::kCommandsMax) {
        const std::size_t end = std::min(accounts_.size(), done + schema::kCommandsMax);
        std::vector<Command> commands;
        for (std::size_t i = done; i < end; ++i) {
            commands.emplace_back(Transfer{.key = gateway::new_key(clock.now()),
                                           .debit = source,
                                           .credit = accounts_[i],
                                           .amount = Amount{load.funds},
                                           .tag = {},
                                           .effective_at = {}});
        }
        const auto receipts = client.execute(commands);
        if (!receipts) return std::unexpected{receipts.error()};
        for (const auto& receipt : *receipts) {
            if (receipt.verdict != Verdict::accepted)
                return fail(ErrorCode::bad_input, "an account could not be funded");
        }
    }
    return {};
}

Result<std::vector<std::int64_t>> Daybook::balances() {
    const auto at = head();
    if (!at) return std::unexpected{at.error()};
    const auto cut = read_projection(data_, *at, accounts_);
    if (!cut) return std::unexpected{cut.error()};
    if (!cut->is_balanced) return fail(ErrorCode::damaged, "the trial balance is not zero");
    std::vector<std::int64_t> balances;
    for (const auto balance : cut->balances)
        balances.push_back(static_cast<std::int64_t>(balance));
    return balances;
}

Result<Sent> Daybook::submit(CommandClient& client, const Operations& operations,
                             std::uint64_t first, std::size_t size, gateway::Ticket& ticket) {
    transfers_.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
        const Operation operation = operations.at(first + i);
        transfers_[i].key = operation.key;
        transfers_[i].debit = accounts_[operation.from];
        transfers_[i].credit = accounts_[operation.to];
        transfers_[i].amount = Amount{operation.amount};
    }
    const Sent sent{first, size, steady_clock::now()};
    const auto submitted = client.submit(transfers_);
    if (!submitted) return std::unexpected{submitted.error()};
    const std::optional<gateway::Ticket>& taken = *submitted;
    if (!taken) return fail(ErrorCode::io_failed, "the client's window is too small");
    ticket = *taken;
    return sent;
}

Result<void> Daybook::note(const gateway::Completed& completed, const Sent& sent, Tally& tally) {
    if (!completed.receipts) return std::unexpected{completed.receipts.error()};
    const auto now = steady_clock::now();
    if (completed.sends > 1) tally.note_failure("sent_again");
    for (std::size_t i = 0; i < sent.size; ++i) {
        const auto& receipt = (*completed.receipts)[i];
        const bool is_accepted = receipt.verdict == Verdict::accepted;
        if (!is_accepted && receipt.code != code_of(Rejection::insufficient_funds)) {
            return fail(ErrorCode::bad_input,
                        fmt::format("operation {} was {}: {}", sent.first + i,
                                    name_of(receipt.verdict), name_of_code(receipt.code)));
        }
        const Answered first = is_accepted ? Answered::accepted : Answered::declined;
        // Sent again, it may be its own repeat.
        const bool is_own = completed.sends > 1 && tally.is_first_of_its_key(sent.first + i);
        tally.note(sent.first + i, receipt.is_replay && !is_own ? Answered::replayed : first,
                   sent.asked, now);
    }
    return {};
}

// What has come for one connection is answered by new messages at once. `patience`: how long to
// wait for the first.
Result<bool> Daybook::serve(Line& line, milliseconds patience, Tally& tally) {
    bool has_come = false;
    while (const auto completed = line.client->poll(has_come ? milliseconds{0} : patience)) {
        has_come = true;
        const auto found = line.sent.extract(completed->ticket);
        const auto noted = note(*completed, found.mapped(), tally);
        if (!noted) return std::unexpected{noted.error()};
        const auto filled = fill(line, tally);
        if (!filled) return std::unexpected{filled.error()};
    }
    return has_come;
}

// Sends until the line has as much on its way as it may, unless the run is over.
Result<void> Daybook::fill(Line& line, const Tally& tally) {
    while (line.sent.size() < line.slots && next_ < end_ &&
           steady_clock::now() < tally.timeline().over) {
        const std::size_t size = std::min<std::uint64_t>(batch_, end_ - next_);
        gateway::Ticket ticket = 0;
        const auto submitted = submit(*line.client, *operations_, next_, size, ticket);
        if (!submitted) return std::unexpected{submitted.error()};
        line.sent.emplace(ticket, *submitted);
        next_ += size;
    }
    return {};
}

Result<void> Daybook::run(const Load& load, const Operations& operations, Tally& tally) {
    operations_ = &operations;
    batch_ = load.batch;
    next_ = load.first;
    end_ = load.limit == 0 ? ~std::uint64_t{0} : load.first + load.limit;
    std::vector<Line> lines;
    std::size_t left = load.batch > 1 ? load.window : load.clients;
    for (const auto& client : clients_) {
        lines.push_back({client.get(), std::min(left, kInFlightMax), {}});
        left -= lines.back().slots;
    }
    for (auto& line : lines) {
        auto filled = fill(line, tally);
        if (!filled) return filled;
    }
    // In turns; only when nothing has come anywhere, waits at one of them.
    const auto is_idle = [](const Line& line) { return line.sent.empty(); };
    for (std::size_t turn = 0; !std::ranges::all_of(lines, is_idle); ++turn) {
        bool has_come = false;
        for (auto& line : lines) {
            const auto served = serve(line, milliseconds{0}, tally);
            if (!served) return std::unexpected{served.error()};
            has_come = has_come || *served;
        }
        if (has_come) continue;
        const auto served = serve(lines[turn % lines.size()], milliseconds{1}, tally);
        if (!served) return std::unexpected{served.error()};
    }
    return {};
}

// Each of the two over a connection of its own.
Result<void> Daybook::run_pairs(const Load& load, const Operations& operations, Tally& tally) {
    const auto other = connect(1);
    if (!other) return std::unexpected{other.error()};
    for (std::uint64_t first = load.first; first < load.first + load.limit; first += 2) {
        gateway::Ticket ticket = 0;
        const auto one = submit(*clients_.front(), operations, first, 1, ticket);
        if (!one) return std::unexpected{one.error()};
        const auto two = submit(**other, operations, first + 1, 1, ticket);
        if (!two) return std::unexpected{two.error()};
        const std::pair<CommandClient*, const Sent*> both[] = {{clients_.front().get(), &*one},
                                                               {other->get(), &*two}};
        for (const auto& [client, sent] : both) {
            auto completed = client->poll(milliseconds{1000});
            while (!completed)
                completed = client->poll(milliseconds{1000});
            auto noted = note(*completed, *sent, tally);
            if (!noted) return noted;
        }
    }
    return {};
}

Result<std::string> Daybook::more_json() {
    const auto size = measure_journal(data_, head_at_start_);
    if (!size) return std::unexpected{size.error()};
    return fmt::format(R"("blocks":{},"records":{},"journal_bytes":{},)", size->blocks,
                       size->records, size->bytes);
}

}  // namespace

std::unique_ptr<System> new_daybook(std::string endpoint, std::filesystem::path data) {
    return std::make_unique<Daybook>(std::move(endpoint), std::move(data));
}

}  // namespace daybook::bench
