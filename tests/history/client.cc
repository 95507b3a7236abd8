#include "tests/history/client.h"

#include <bit>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "bench/accounts.h"
#include "ledger/remark.h"

namespace daybook::history {

namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t kCurt = 3;  // the client that asks for no balances with its receipts
constexpr std::int64_t kFunds = 3000;
constexpr std::size_t kBufferMax = std::size_t{1} << 18;

std::int64_t now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

// A third of the clients lose patience soon, and have calls of unknown outcome.
gateway::ClientOptions options_of(const Setting& setting, std::uint16_t number) {
    gateway::ClientOptions options;
    options.endpoint = setting.commands;
    options.resend_after = milliseconds{60};
    options.connect_within = milliseconds{60000};
    options.give_up_after = milliseconds{number % 3 == 1 ? 120 : 60000};
    options.messages_max = 4;
    options.wants_touches = number != kCurt;
    return options;
}

std::int64_t small(Amount amount) {
    CHECK_INVARIANT(amount.high() == 0, "the workload's amounts are small");
    return static_cast<std::int64_t>(amount.low());
}

Touched touched_of(AccountNumber number, std::uint64_t version, const Totals& totals,
                   std::uint64_t first_account) {
    return {number.value() - first_account, version,
            small(totals.posted_debits),    small(totals.posted_credits),
            small(totals.held_debits),      small(totals.held_credits)};
}

}  // namespace

BankClient::BankClient(const Setting& setting, std::uint16_t number, Meeting& meeting)
    : setting_{setting},
      number_{number},
      meeting_{meeting},
      workload_{setting.seed, number, setting.accounts, meeting} {
    for (std::uint16_t i = 0; i < setting.accounts; ++i)
        codes_.push_back("bank:" + std::to_string(i));
}

Result<std::unique_ptr<BankClient>> BankClient::start(const Setting& setting, std::uint16_t number,
                                                      Meeting& meeting) {
    std::unique_ptr<BankClient> made{new BankClient{setting, number, meeting}};
    const auto path = setting.directory / ("client" + std::to_string(number));
    made->file_ = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made->file_ < 0)
        return fail(ErrorCode::cannot_create, "cannot make '" + path.string() + "'; remove it");
    auto client = gateway::CommandClient::connect(options_of(setting, number));
    if (!client) return std::unexpected{client.error()};
    made->client_ = *std::move(client);
    gateway::QueryClientOptions options;
    options.endpoint = setting.queries;
    options.resend_after = milliseconds{100};
    options.give_up_after = milliseconds{10000};
    auto reader = gateway::QueryClient::connect(options);
    if (!reader) return std::unexpected{reader.error()};
    made->reader_ = *std::move(reader);
    return made;
}

Result<void> BankClient::open_accounts() {
    std::vector<OpenAccount> wanted(codes_.size());
    for (std::size_t i = 0; i < codes_.size(); ++i) {
        wanted[i].code = codes_[i];
        if (i != 0) wanted[i].limits.min = SignedAmount{0};
    }
    const auto numbers = bench::open_accounts(*client_, wanted);
    if (!numbers) return std::unexpected{numbers.error()};
    for (std::size_t i = 0; i < numbers->size(); ++i) {
        if ((*numbers)[i].value() != numbers->front().value() + i)
            return fail(ErrorCode::bad_input, "a book of its own is needed");
    }
    const auto head = client_->outcomes(std::vector{Id128{{1}}});
    if (!head) return std::unexpected{head.error()};
    meeting_.first_account = numbers->front().value();
    meeting_.first_seq = head->front().seq.value();
    meeting_.seq = meeting_.first_seq;
    return {};
}

Result<void> BankClient::pay_in() {
    std::vector<Call> message;
    for (std::uint16_t i = 1; i < setting_.accounts; ++i) {
        Call call;
        call.key[0] = ~setting_.seed;
        call.key[1] = i;
        call.debit = 0;
        call.credit = i;
        call.amount = kFunds;
        call.wants_touches = 1;
        message.push_back(call);
    }
    while (true) {
        const auto is_sent = send(message);
        if (!is_sent) return std::unexpected{is_sent.error()};
        if (*is_sent) break;
    }
    while (client_->in_flight() > 0) {
        const auto taken = take_answer(milliseconds{50});
        if (!taken) return taken;
    }
    return {};
}

void BankClient::write_opening() {
    Opening opening;
    opening.accounts = setting_.accounts;
    opening.client = number_;
    opening.seq = meeting_.first_seq;
    write(opening);
    newest_seq_ = opening.seq;
}

void BankClient::begin_round(bool is_window) {
    Round round;
    round.is_window = is_window ? 1 : 0;
    round.moment = now();
    write(round);
}

Result<void> BankClient::run_round(std::uint64_t calls, bool is_window) {
    const std::size_t in_flight_max = is_window ? 2 : 4;
    const std::size_t message_max = is_window ? 8 : 48;
    std::uint64_t sent = 0;
    while (sent < calls || client_->in_flight() > 0 || !unanswered_.empty()) {
        const bool has_room = client_->in_flight() < in_flight_max;
        if (has_room && (!unanswered_.empty() || sent < calls)) {
            const bool is_again = !unanswered_.empty();
            auto message = is_again ? unanswered_.back()
                                    : workload_.next_message(
                                          std::min<std::uint64_t>(message_max, calls - sent),
                                          number_ != kCurt);
            const std::size_t count = message.size();
            const auto is_sent = send(std::move(message));
            if (!is_sent) return std::unexpected{is_sent.error()};
            if (*is_sent && is_again)
                unanswered_.pop_back();
            else if (*is_sent)
                sent += count;
            if (workload_.chance(is_window ? 6 : 12)) read(is_window || workload_.chance(2));
            continue;
        }
        const auto taken = take_answer(milliseconds{20});
        if (!taken) return taken;
    }
    return {};
}

// False when there is no room.
Result<bool> BankClient::send(std::vector<Call> message) {
    const bool are_transfers = is_transfer(message.front().kind);
    std::vector<Transfer> transfers;
    std::vector<Command> commands;
    const std::int64_t moment = now();
    for (auto& call : message) {
        call.moment = moment;
        if (are_transfers)
            transfers.push_back(transfer_of(call, meeting_.first_account));
        else
            commands.push_back(command_of(call, meeting_.first_account));
    }
    const auto ticket = are_transfers ? client_->submit(transfers) : client_->submit(commands);
    if (!ticket) return std::unexpected{ticket.error()};
    const std::optional<gateway::Ticket>& taken = *ticket;
    if (!taken) return false;
    for (const auto& call : message)
        write(call);
    const auto first = calls_;
    calls_ += static_cast<std::uint32_t>(message.size());
    sent_.emplace(*taken, Sent{std::move(message), first});
    return true;
}

Result<void> BankClient::take_answer(milliseconds timeout) {
    const auto completed = client_->poll(timeout);
    if (!completed) return {};
    auto sent = sent_.extract(completed->ticket).mapped();
    if (!completed->receipts) {
        const auto code = completed->receipts.error().code;
        if (code != ErrorCode::unreachable && code != ErrorCode::try_again)
            return std::unexpected{completed->receipts.error()};
        unanswered_.push_back(std::move(sent.calls));
        return {};
    }
    for (std::size_t i = 0; i < sent.calls.size(); ++i)
        take(sent.calls[i], sent.first + static_cast<std::uint32_t>(i), (*completed->receipts)[i]);
    return {};
}

void BankClient::take(const Call& call, std::uint32_t number, const schema::Receipt& receipt) {
    Reply reply;
    reply.verdict = static_cast<std::uint8_t>(receipt.verdict);
    reply.is_replay = receipt.is_replay ? 1 : 0;
    reply.code = receipt.code;
    reply.call = number;
    reply.seq = receipt.seq.value();
    for (const auto& remark : receipt.remarks) {
        if (remark.kind == RemarkKind::shortfall || remark.kind == RemarkKind::unmet) {
            reply.subject = remark.account().value() - meeting_.first_account;
            reply.stood = static_cast<std::int64_t>(remark.x.minor_units());
        } else if (remark.kind == RemarkKind::taken || remark.kind == RemarkKind::reversed) {
            reply.taken = small(remark.amount_x());
        }
    }
    for (const auto& touch : receipt.touches) {
        CHECK_INVARIANT(reply.touches < 2, "the workload touches two accounts at once");
        reply.touched[reply.touches++] =
            touched_of(touch.account, touch.version, touch.after, meeting_.first_account);
    }
    // Known to the others before it counts as answered: who asks later must see it.
    std::uint64_t greatest = meeting_.seq;
    while (greatest < reply.seq && !meeting_.seq.compare_exchange_weak(greatest, reply.seq)) {
    }
    newest_seq_ = std::max(newest_seq_, reply.seq);
    reply.moment = now();
    write(reply);
    workload_.learn(call, reply);
}

void BankClient::read(bool is_strict) {
    Read read;
    read.asked = now();
    read.min_seq = is_strict ? meeting_.seq.load() : newest_seq_;
    // Asked again soon: what waits in a server that is killed is not answered.
    auto told = reader_->balances(codes_, {Seq{read.min_seq}, milliseconds{50}});
    for (int i = 0; !told && i < 100; ++i)
        told = reader_->balances(codes_, {Seq{read.min_seq}, milliseconds{50}});
    if (!told) return;  // it says nothing about the ledger that the server was away
    read.answered = now();
    read.watermark = told->standing.watermark.value();
    write(read);
    for (const auto& line : told->lines)
        write(touched_of(line.number, line.version, line.totals, meeting_.first_account));
}

Result<void> BankClient::write_head() {
    auto head = client_->outcomes(std::vector{Id128{{1}}});
    for (int i = 0; !head && i < 500; ++i)  // those without patience too
        head = client_->outcomes(std::vector{Id128{{1}}});
    if (!head) return std::unexpected{head.error()};
    Head last;
    last.seq = head->front().seq.value();
    write(last);
    flush();
    return {};
}

template <typename T>
void BankClient::write(const T& entry) {
    const auto bytes = std::as_bytes(std::span{&entry, 1});
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    if (buffer_.size() > kBufferMax) flush();
}

void BankClient::flush() {
    const auto written = ::write(file_, buffer_.data(), buffer_.size());
    CHECK_INVARIANT(written == static_cast<ssize_t>(buffer_.size()),
                    "the log is written; is the disk full?");
    buffer_.clear();
}

}  // namespace daybook::history
