#include "tests/crash/witness.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "bench/audit.h"
#include "journal/chain.h"
#include "journal/environment.h"
#include "journal/reader.h"

namespace daybook::crash {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kAccounts = 50;
constexpr std::size_t kWindow = 4;
constexpr std::size_t kBatchMax = 24;
constexpr std::size_t kRecentMax = 5000;
constexpr std::size_t kFindingsMax = 20;
constexpr std::uint64_t kAmountMax = 1000;

gateway::ClientOptions client_options(const std::string& endpoint) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    options.resend_after = milliseconds{100};
    options.messages_max = kWindow;
    return options;
}

}  // namespace

Witness::Witness(std::unique_ptr<gateway::CommandClient> client,
                 std::unique_ptr<gateway::CommandClient> auditor, std::uint64_t seed)
    : client_{std::move(client)},
      auditor_{std::move(auditor)},
      keys_{bench::KeySpace::start(SystemClock{}.now())},
      random_{seed} {}

Result<std::unique_ptr<Witness>> Witness::start(const std::string& endpoint, std::uint64_t seed) {
    auto client = gateway::CommandClient::connect(client_options(endpoint));
    if (!client) return std::unexpected{client.error()};
    auto auditor = gateway::CommandClient::connect(client_options(endpoint));
    if (!auditor) return std::unexpected{auditor.error()};
    std::unique_ptr<Witness> witness{new Witness{*std::move(client), *std::move(auditor), seed}};
    const auto opened = witness->open_accounts();
    if (!opened) return std::unexpected{opened.error()};
    return witness;
}

// The first is without limits and pays the others in; they may not go below zero.
Result<void> Witness::open_accounts() {
    std::vector<OpenAccount> wanted(kAccounts);
    for (std::size_t i = 0; i < kAccounts; ++i) {
        wanted[i].code = "crash:" + std::to_string(i);
        if (i != 0) wanted[i].limits.min = SignedAmount{0};
    }
    auto numbers = bench::open_accounts(*client_, wanted);
    if (!numbers) return std::unexpected{numbers.error()};
    accounts_ = *std::move(numbers);
    return {};
}

Transfer Witness::new_transfer() {
    const std::uint64_t debit = random_.below(kAccounts);
    const std::uint64_t credit = (debit + 1 + random_.below(kAccounts - 1)) % kAccounts;
    Transfer transfer;
    transfer.key = keys_.key(log_.size());
    transfer.debit = accounts_[debit];
    transfer.credit = accounts_[credit];
    transfer.amount = Amount{1 + random_.below(kAmountMax)};
    log_.emplace_back();
    return transfer;
}

// One command or many; some of them stated before, in this message or long ago.
std::vector<Transfer> Witness::next_message() {
    std::vector<Transfer> message;
    const bool is_single = random_.below(2) == 0;
    const std::size_t count = is_single ? 1 : 1 + random_.below(kBatchMax);
    while (message.size() < count) {
        const auto dice = random_.below(20);
        if (dice == 0 && !recent_.empty()) {
            message.push_back(recent_[random_.below(recent_.size())].transfer);
        } else if (dice == 1 && !message.empty()) {
            message.push_back(message[random_.below(message.size())]);
        } else {
            message.push_back(new_transfer());
        }
    }
    return message;
}

void Witness::work() {
    while (client_->in_flight() < kWindow) {
        auto message = next_message();
        const auto ticket = client_->submit(message);
        if (!ticket) return find(ticket.error().detail);
        const std::optional<gateway::Ticket>& taken = *ticket;
        if (!taken) return;
        in_flight_.emplace(*taken, std::move(message));
    }
    while (const auto completed = client_->poll(milliseconds{1})) {
        const auto sent = in_flight_.extract(completed->ticket);
        if (!completed->receipts) return find(completed->receipts.error().detail);
        for (std::size_t i = 0; i < sent.mapped().size(); ++i)
            take(sent.mapped()[i], (*completed->receipts)[i]);
        return;
    }
}

bool Witness::drain() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (client_->in_flight() > 0) {
        if (std::chrono::steady_clock::now() > until) return false;
        const auto completed = client_->poll(milliseconds{50});
        if (!completed) continue;
        const auto sent = in_flight_.extract(completed->ticket);
        if (!completed->receipts) return false;
        for (std::size_t i = 0; i < sent.mapped().size(); ++i)
            take(sent.mapped()[i], (*completed->receipts)[i]);
    }
    return true;
}

void Witness::take(const Transfer& transfer, const schema::Receipt& receipt) {
    const std::uint64_t number = keys_.number_of(transfer.key);
    if (receipt.verdict != Verdict::accepted && receipt.verdict != Verdict::rejected) {
        return find("key " + std::to_string(number) + ": " +
                    std::string{name_of_code(receipt.code)});
    }
    auto& line = log_[number];
    if (line) {
        if (line->seq == receipt.seq && line->verdict == receipt.verdict) return;
        return find("key " + std::to_string(number) + ": acknowledged at seq " +
                    std::to_string(line->seq.value()) + " and at seq " +
                    std::to_string(receipt.seq.value()));
    }
    line = Acknowledged{transfer, receipt.seq, receipt.verdict};
    ++acknowledged_;
    recent_.push_back(*line);
    if (recent_.size() > kRecentMax) recent_.pop_front();
}

void Witness::ask_again() {
    std::vector<Id128> keys;
    std::vector<Seq> expected;
    // The newest are the ones that a lost commit would take.
    const std::size_t newest = std::min<std::size_t>(recent_.size(), 100);
    for (std::size_t i = 0; i < newest; ++i) {
        const auto& line = i < newest / 2 ? recent_[recent_.size() - 1 - i]
                                          : recent_[random_.below(recent_.size())];
        keys.push_back(line.transfer.key);
        expected.push_back(line.seq);
    }
    if (keys.empty()) return;
    const auto outcomes = auditor_->outcomes(keys);
    if (!outcomes) return find(outcomes.error().detail);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if ((*outcomes)[i].seq == expected[i] && (*outcomes)[i].verdict != Verdict::not_seen)
            continue;
        find("outcome of key " + std::to_string(keys_.number_of(keys[i])) +
             " is another one than at seq " + std::to_string(expected[i].value()));
    }
}

void Witness::find(const std::string& what) {
    if (findings_.size() < kFindingsMax) findings_.push_back(what);
}

void Witness::compare_journal(const std::filesystem::path& data, Testimony& testimony) {
    std::vector<bool> seen(log_.size());
    Seq last;
    const auto read = bench::for_each_record(data, Seq{0}, [&](const schema::RecordView& record) {
        if (record.seq() != last.next()) find("the seqs have a gap");
        last = record.seq();
        if (!keys_.holds(record.key())) return;
        const std::uint64_t number = keys_.number_of(record.key());
        const auto& line = log_[number];
        if (seen[number]) ++testimony.doubles;
        if (line && line->seq == record.seq() && line->verdict == record.verdict()) {
            seen[number] = true;
        } else {
            find("record " + std::to_string(record.seq().value()) +
                 " is not what was acknowledged");
        }
    });
    if (!read) find(read.error().detail);
    for (std::size_t i = 0; i < log_.size(); ++i)
        testimony.lost += log_[i] && !seen[i] ? 1U : 0U;
}

void Witness::compare_balances(const std::filesystem::path& data, Testimony& testimony) {
    std::map<AccountNumber, Int128> tally;
    for (const auto& line : log_) {
        if (!line || line->verdict != Verdict::accepted) continue;
        const auto amount = static_cast<Int128>(line->transfer.amount.minor_units());
        tally[line->transfer.debit] -= amount;
        tally[line->transfer.credit] += amount;
    }
    const auto size = bench::measure_journal(data, Seq{0});
    if (!size) return find(size.error().detail);
    const auto cut = bench::read_projection(data, size->head, accounts_);
    if (!cut) return find(cut.error().detail);
    if (!cut->is_balanced) find("the trial balance is not zero");
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
        if (cut->balances[i] != tally[accounts_[i]]) {
            find("the balance of account " + std::to_string(i) + " is not the tally's");
        }
        if (i != 0 && cut->balances[i] < 0) find("account " + std::to_string(i) + " is below zero");
    }
    testimony.acknowledged = acknowledged_;
}

Testimony Witness::testify(const std::filesystem::path& data) {
    Testimony testimony;
    compare_journal(data, testimony);
    compare_balances(data, testimony);
    const auto environment =
        journal::Environment::open(data / "journal", journal::Access::read_only);
    if (!environment) {
        find(environment.error().detail);
    } else if (auto snapshot = journal::Snapshot::open(*environment)) {
        const auto verified = journal::verify_chain(*snapshot);
        if (!verified) find(verified.error().detail);
    } else {
        find(snapshot.error().detail);
    }
    testimony.findings = findings_;
    return testimony;
}

}  // namespace daybook::crash
