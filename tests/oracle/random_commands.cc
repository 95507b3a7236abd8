#include "tests/oracle/random_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/oracle/cast.h"

namespace daybook::oracle {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Amount sum_of(const std::vector<Amount>& amounts) {
    Uint128 sum = 0;
    for (const Amount amount : amounts)
        sum += amount.minor_units();
    return Amount{sum};
}

std::vector<Amount> amounts_of(const PostEntry& entry) {
    std::vector<Amount> amounts;
    for (const auto& posting : entry.postings)
        amounts.push_back(posting.amount);
    return amounts;
}

}  // namespace

std::vector<Command> RandomCommands::opening() {
    std::vector<Command> commands;
    for (const auto& [code, scale] : kAssets) {
        if (chance(95)) commands.emplace_back(DefineAsset{new_key(), code, scale});
    }
    for (const auto& [code, asset, type] : kAccounts) {
        if (chance(5)) continue;
        const Limits limits = chance(60) ? Limits{} : some_limits();
        commands.emplace_back(OpenAccount{new_key(), code, kAssets.at(asset).code, type, limits});
    }
    return commands;
}

Command RandomCommands::next(Stamp stamp) {
    return !decided_.empty() && chance(6) ? repeated(stamp) : fresh(stamp);
}

Command RandomCommands::fresh(Stamp stamp) {
    const auto dice = below(1000);
    if (dice < 20) return VoidKey{new_key()};
    if (dice < 160) return transfer();
    if (dice < 280) {
        Atomic made = atomic(stamp);
        made.key = new_key();
        return made;
    }
    if (dice == 999) return atomic_of_many_touches();
    Command command;
    std::visit(
        [&](auto&& stated) {
            stated.key = new_key();
            command = std::forward<decltype(stated)>(stated);
        },
        member(stamp));
    return command;
}

// An earlier command once more, or its key for another one.
Command RandomCommands::repeated(Stamp stamp) {
    const Command earlier = decided_[below(decided_.size())];
    if (chance(60)) return earlier;
    if (chance(30)) return VoidKey{key_of(earlier)};
    Command other = fresh(stamp);
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.key; }) stated.key = key_of(earlier);
        },
        other);
    return other;
}

Member RandomCommands::member(Stamp stamp) {
    const auto dice = below(100);
    if (dice < 20) return entry();
    if (dice < 30) return exchange();
    if (dice < 47) return hold(stamp);
    if (dice < 62) return capture();
    if (dice < 68) return release();
    if (dice < 81) return reversal();
    if (dice < 89) return state();
    if (dice < 95) return limits();
    if (dice < 98) return opened();
    return defined();
}

Atomic RandomCommands::atomic(Stamp stamp) {
    Atomic atomic{{}, {}, require()};
    is_in_atomic_ = true;
    const auto count = 1 + below(5);
    for (members_ = 0; members_ < count; ++members_)
        atomic.members.push_back(member(stamp));
    is_in_atomic_ = false;
    return atomic;
}

// About as many as there may be: a few more are rejected, a few less are not.
Atomic RandomCommands::atomic_of_many_touches() {
    Atomic atomic{new_key(), {}, {}};
    const auto last = 200 + below(10);
    for (int i = 0; i < 5; ++i) {
        PostEntry entry{{}, {}};
        const auto count = i < 4 ? std::uint64_t{205} : last;
        for (std::uint64_t k = 1; k < count; ++k)
            entry.postings.push_back({{AccountNumber{1}, {}}, Side::debit, Amount{1}});
        entry.postings.push_back({{AccountNumber{2}, {}}, Side::credit, Amount{count - 1}});
        atomic.members.emplace_back(std::move(entry));
    }
    return atomic;
}

Transfer RandomCommands::transfer() {
    Transfer transfer{
        new_key(), AccountNumber{1 + below(10)}, AccountNumber{1 + below(10)}, amount(), {}, {}};
    if (chance(70)) transfer.debit = AccountNumber{1 + below(4)};
    if (chance(70)) transfer.credit = AccountNumber{1 + below(4)};
    if (chance(15)) transfer.balancing = static_cast<Balancing>(1 + below(3));
    if (chance(10)) transfer.effective_at = Stamp{static_cast<std::int64_t>(below(1000)) - 500};
    if (chance(10)) transfer.tag.bytes[0] = 7;
    return transfer;
}

PostEntry RandomCommands::entry() {
    PostEntry entry{{}, {}, particulars(), Balancing::none, {}, require()};
    const std::size_t asset = chance(70) ? 0 : below(kAssets.size());
    const auto debits = 1 + below(3);
    std::vector<Amount> amounts;
    for (std::uint64_t i = 0; i < debits; ++i) {
        amounts.push_back(amount());
        entry.postings.push_back({account_in(asset), Side::debit, amounts.back()});
    }
    const Amount sum = sum_of(amounts);
    if (sum.low() > 1 && chance(30)) {
        entry.postings.push_back({account_in(asset), Side::credit, Amount{1}});
        entry.postings.push_back({account_in(asset), Side::credit, Amount{sum.minor_units() - 1}});
    } else {
        entry.postings.push_back({account_in(asset), Side::credit, sum});
    }
    if (chance(5)) entry.postings.back().amount = amount();
    for (auto& posting : entry.postings) {
        if (posting.amount.is_zero()) posting.amount = Amount{1};  // a sum that wrapped
    }
    if (chance(30)) std::ranges::shuffle(entry.postings, random_);
    if (entry.postings.size() == 2 && chance(25)) {
        entry.balancing = static_cast<Balancing>(1 + below(3));
    }
    return entry;
}

// From USD to EUR at a rate that is mostly what the amounts say.
PostEntry RandomCommands::exchange() {
    PostEntry entry{{}, {}, particulars(), Balancing::none, {}, require()};
    Rate rate{1 + below(20), 1 + below(20), static_cast<Rounding>(1 + below(4)), {}};
    const std::uint64_t sold = 1 + below(50);
    const std::uint64_t product = sold * rate.numerator;
    std::uint64_t bought = product / rate.denominator;
    std::uint64_t residue = 0;
    const bool has_rest = product % rate.denominator != 0;
    if (has_rest && chance(60)) {
        ++bought;
        if (chance(50)) rate.residue = account_in(1);
        if (!rate.residue.is_none() && chance(60)) residue = 1;
    }
    if (chance(5)) rate.numerator = ~std::uint64_t{0};
    if (chance(8)) rate.residue = account();
    if (bought <= residue) bought = residue + 1;
    entry.postings = {{account_in(0), Side::debit, Amount{sold}},
                      {account_in(0), Side::credit, Amount{sold}},
                      {account_in(chance(95) ? 1 : 0), Side::debit, Amount{bought}},
                      {account_in(chance(95) ? 1 : 2), Side::credit, Amount{bought - residue}}};
    if (residue != 0) {
        const auto& account = rate.residue.is_none() ? account_in(1) : rate.residue;
        entry.postings.push_back({account, Side::credit, Amount{residue}});
        if (chance(15)) {  // on the side where the seller gives
            entry.postings.back().side = Side::debit;
            std::swap(entry.postings[2].amount, entry.postings[3].amount);
        }
    }
    if (chance(10)) entry.postings.resize(2);
    entry.rate = rate;
    return entry;
}

PlaceHold RandomCommands::hold(Stamp stamp) {
    const std::size_t asset = chance(80) ? 0 : below(kAssets.size());
    PlaceHold hold{{}, account_in(asset), account_in(asset), amount(),
                   {}, particulars(),     require()};
    if (chance(45)) {
        const auto seconds = static_cast<std::int64_t>(below(60)) - 3;
        hold.expires_at = Stamp{stamp.nanoseconds() + seconds * kSecond};
    }
    return hold;
}

CaptureHold RandomCommands::capture() {
    CaptureHold capture{{}, pick(holds_), std::nullopt, chance(25), particulars(), require()};
    if (chance(65)) capture.amount = Amount{1 + below(40)};
    return capture;
}

ReleaseHold RandomCommands::release() {
    return {{}, pick(holds_), particulars(), require()};
}

ReverseEntry RandomCommands::reversal() {
    ReverseEntry reversal{{}, {}, {}, particulars(), require()};
    if (entries_.empty() || chance(15)) {
        reversal.entry = pick(holds_);
        return reversal;
    }
    const Known& known =
        entries_[entries_.size() - 1 - below(std::min<std::size_t>(4, entries_.size()))];
    reversal.entry = known.id;
    if (chance(50)) return reversal;
    // Halves stay balanced when there are two postings; else mostly not.
    for (const Amount amount : known.amounts) {
        const Uint128 units = amount.minor_units();
        reversal.amounts.emplace_back(chance(80) ? (units + 1) / 2 : Uint128{below(30)});
    }
    if (chance(8)) reversal.amounts.emplace_back(Uint128{1});
    if (chance(10)) reversal.amounts.front() = Amount{~Uint128{0}};
    if (reversal.amounts.size() < 2) reversal.amounts.clear();
    return reversal;
}

OpenAccount RandomCommands::opened() {
    const auto& [code, asset, type] = kAccounts.at(below(kAccounts.size()));
    OpenAccount opened{{}, code, kAssets.at(asset).code, type, {}, require()};
    if (chance(40)) opened.code = "new:" + std::to_string(below(4));
    if (chance(25)) opened.asset = chance(50) ? "GBP" : "USD";
    if (chance(25)) opened.limits = some_limits();
    return opened;
}

DefineAsset RandomCommands::defined() {
    const auto& [code, scale] = kAssets.at(below(kAssets.size()));
    return {{},
            chance(30) ? "NEW" + std::to_string(below(3)) : code,
            chance(60) ? scale : 7,
            require()};
}

SetAccountState RandomCommands::state() {
    // Mostly back to open, so that the stream goes on.
    constexpr std::array kStates{AccountState::open,           AccountState::open,
                                 AccountState::open,           AccountState::frozen_debits,
                                 AccountState::frozen_credits, AccountState::frozen,
                                 AccountState::closed,         AccountState::closed};
    return {{}, account(), kStates.at(below(kStates.size())), particulars(), require()};
}

SetLimits RandomCommands::limits() {
    return {{}, account(), chance(30) ? Limits{} : some_limits(), particulars(), require()};
}

Id128 RandomCommands::new_key() {
    if (is_in_atomic_) return {};
    ++keys_;
    Id128 key;
    key.bytes[0] = 0x5e;
    for (std::size_t i = 0; i < 8; ++i)
        key.bytes.at(15 - i) = static_cast<std::uint8_t>(keys_ >> (8 * i));
    return key;
}

Amount RandomCommands::amount() {
    constexpr Uint128 kEdge = static_cast<Uint128>(1) << 127;
    const auto dice = below(200);
    if (dice == 0) return Amount{~Uint128{0} - below(2)};
    if (dice == 1) return Amount{kEdge - 1 - below(100)};
    if (dice == 2) return Amount{kEdge + below(3)};
    if (dice == 3) return Amount{(static_cast<Uint128>(1) << 64) - 1 + below(3)};
    if (dice == 4) return Amount{kEdge / 2 - below(2)};
    return dice < 30 ? Amount{1 + below(1000)} : Amount{1 + below(60)};
}

Limits RandomCommands::some_limits() {
    constexpr SignedAmount kLeast{std::uint64_t{1} << 63, 0};
    constexpr SignedAmount kMost{~std::uint64_t{0} >> 1, ~std::uint64_t{0}};
    Limits limits;
    if (chance(70)) limits.min = SignedAmount{chance(70) ? Int128{0} : -Int128{below(100)}};
    if (chance(30)) limits.max = SignedAmount{Int128{below(300)}};
    if (chance(5)) limits.min = kLeast;
    if (chance(5)) limits.max = kMost;
    return limits;
}

std::string RandomCommands::code() {
    if (chance(4)) return "nobody";
    if (chance(6)) return "new:" + std::to_string(below(4));
    return kAccounts.at(below(kAccounts.size())).code;
}

AccountRef RandomCommands::account() {
    if (chance(20)) return {AccountNumber{1 + below(11)}, {}};
    return {{}, code()};
}

AccountRef RandomCommands::account_in(std::size_t asset) {
    if (chance(6)) return account();
    for (;;) {
        const auto& candidate = kAccounts.at(below(kAccounts.size()));
        if (candidate.asset == asset) return {{}, candidate.code};
    }
}

EntryId RandomCommands::pick(const std::vector<Known>& known) {
    if (is_in_atomic_ && members_ > 0 && chance(45)) {
        return {Seq{}, static_cast<std::uint16_t>(below(members_))};
    }
    if (!known.empty() && chance(92)) {
        return known[known.size() - 1 - below(std::min<std::size_t>(6, known.size()))].id;
    }
    return {Seq{1 + below(head_.value() + 2)},
            static_cast<std::uint16_t>(chance(80) ? 0 : below(4))};
}

Particulars RandomCommands::particulars() {
    Particulars particulars;
    if (chance(25)) particulars.reference = "ref-" + std::to_string(below(8));
    particulars.is_reference_unique = !particulars.reference.empty() && chance(60);
    if (chance(8)) particulars.description = "Größe \"x\"";
    if (chance(8)) particulars.tag.bytes[3] = 9;
    if (chance(8)) particulars.effective_at = Stamp{static_cast<std::int64_t>(below(9)) - 4};
    return particulars;
}

Preconditions RandomCommands::require() {
    Preconditions require;
    while (chance(8)) {
        const auto measure = static_cast<Measure>(1 + below(3));
        const auto value = Int128{below(60)} - (measure == Measure::version ? 0 : 20);
        require.push_back(
            {account(), measure, static_cast<Comparison>(1 + below(5)), SignedAmount{value}});
    }
    return require;
}

void RandomCommands::note(const Command& command, bool is_accepted, Seq seq) {
    head_ = std::max(head_, seq);
    decided_.push_back(command);
    if (!is_accepted) return;
    const EntryId id{seq, 0};
    if (const auto* transfer = std::get_if<Transfer>(&command)) {
        entries_.push_back({id, {transfer->amount, transfer->amount}});
        return;
    }
    std::visit(
        [&](const auto& stated) {
            if constexpr (std::is_constructible_v<Member, decltype(stated)>) {
                note_made(Member{stated}, id);
            } else if constexpr (requires { stated.members; }) {
                for (std::size_t i = 0; i < stated.members.size(); ++i)
                    note_made(stated.members[i], {seq, static_cast<std::uint16_t>(i)});
            }
        },
        command);
}

void RandomCommands::note_made(const Member& member, EntryId id) {
    if (const auto* entry = std::get_if<PostEntry>(&member)) {
        entries_.push_back({id, amounts_of(*entry)});
    } else if (std::holds_alternative<PlaceHold>(member)) {
        holds_.push_back({id, {}});
    } else if (const auto* capture = std::get_if<CaptureHold>(&member)) {
        const Amount amount = capture->amount.value_or(Amount{10});
        entries_.push_back({id, {amount, amount}});
    } else if (std::holds_alternative<ReverseEntry>(member) && chance(20)) {
        entries_.push_back({id, {Amount{1}, Amount{1}}});
    }
}

}  // namespace daybook::oracle
