// What the projector's tests share: a journal written by deciding commands, and the Book it folds
// to.
#pragma once

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <catch2/catch.hpp>

#include "journal/block.h"
#include "journal/environment.h"
#include "journal/writer.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "projector/balances.h"
#include "projector/projector.h"
#include "schema/command_codec.h"
#include "schema/made_entry.h"
#include "schema/record.h"

namespace daybook::projector::test {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

inline constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
inline constexpr Id128 kOtherBook{{9, 9, 9}};
inline constexpr Stamp kStamp{1'772'366'400'000'000'000};

template <typename T>
T must(Result<T> result) {
    if (!result) FAIL(result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename T>
Error error_of(const Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

class Place {
public:
    Place() {
        std::string pattern = (fs::temp_directory_path() / "daybook_projector_XXXXXX").string();
        root_ = mkdtemp(pattern.data());
    }
    ~Place() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;

    fs::path journal() const { return root_ / "journal"; }
    fs::path projection() const { return root_ / "projection"; }

private:
    fs::path root_;
};

// Stands in for the sequencer: decides, records, commits.
class Ledger {
public:
    explicit Ledger(const fs::path& directory, const Id128& book = kBook) {
        must(journal::Environment::create(directory, book, kStamp));
        environment_ = must(journal::Environment::open(directory, journal::Access::read_write));
        writer_ = must(journal::Writer::open(environment_));
        block_.begin(Seq{1}, kStamp);
    }

    // What a test changes between deciding and recording.
    using Alter = std::function<void(Decision&)>;

    // Gathers; `commit` writes the block. Keys are not looked up, entries to reverse are.
    Seq submit(const Command& command, const Alter& alter = {}) {
        const Seq seq = block_.next_seq();
        Facts facts;
        for (const EntryId id : entries_asked(command)) {
            if (made_.contains(id)) facts.originals.push_back(made_.at(id));
        }
        decide(book_, facts, command, Turn{seq, block_.stamp()}, decision_);
        if (decision_.is_accepted()) apply(book_, seq, decision_);
        if (alter) alter(decision_);
        const Bytes bytes = encoder_.encode(command);
        schema::encode_record(block_.append(schema::record_bytes(bytes.size(), decision_)), seq,
                              kLoopbackProducer, kind_of(command), bytes, decision_);
        const auto record = must(schema::RecordView::parse(block_.record(seq)));
        for (auto& entry : must(schema::read_made_entries(record, command)))
            made_.emplace(entry.id, std::move(entry));
        return seq;
    }
    Seq commit() {
        const Seq next = block_.next_seq();
        head_ = must(writer_->append(block_));
        passed_ += nanoseconds{1};
        block_.begin(next, Stamp{kStamp.nanoseconds() + passed_.count()});
        return head_.last_seq();
    }
    // The open block, which must be empty, gets a later stamp.
    void pass(nanoseconds duration) {
        passed_ += duration;
        block_.begin(block_.next_seq(), Stamp{kStamp.nanoseconds() + passed_.count()});
    }

    void define(const std::string& code, unsigned scale = 2) {
        submit(DefineAsset{next_key(), code, scale});
    }
    void open(const std::string& code, const std::string& asset = "USD", Limits limits = {}) {
        submit(OpenAccount{next_key(), code, asset, AccountType::liability, limits});
    }
    void transfer(std::uint64_t debit, std::uint64_t credit, std::uint64_t amount) {
        submit(Transfer{
            next_key(), AccountNumber{debit}, AccountNumber{credit}, Amount{0, amount}, {}, {}});
    }

    const Book& book() const { return book_; }
    // Of the last command.
    const Decision& decision() const { return decision_; }
    Stamp stamp() const { return block_.stamp(); }
    const journal::BlockInfo& head() const { return head_; }
    const std::shared_ptr<journal::Environment>& environment() const { return environment_; }

private:
    Id128 next_key() {
        Id128 key;
        ++keys_;
        std::memcpy(key.bytes.data(), &keys_, sizeof keys_);
        return key;
    }

    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<journal::Writer> writer_;
    journal::BlockBuilder block_{1 << 20};
    journal::BlockInfo head_;
    Book book_;
    Decision decision_;
    schema::CommandEncoder encoder_;
    std::map<EntryId, MadeEntry> made_;
    nanoseconds passed_{0};
    std::uint64_t keys_ = 0;
};

// Two assets, five accounts, some of which say no; one block.
inline void open_some_accounts(Ledger& ledger) {
    ledger.define("USD");
    ledger.define("EUR", 3);
    ledger.open("bank:cash");
    ledger.open("users:1", "USD", {.min = SignedAmount{0}, .max = {}});
    ledger.open("users:2", "USD", {.min = SignedAmount{-50}, .max = SignedAmount{1000}});
    ledger.open("users:3");
    ledger.open("bank:euros", "EUR");
    ledger.commit();
}

inline std::unique_ptr<Projector> open_projector(const Place& place, const Ledger& ledger) {
    return must(Projector::open(ledger.environment(), place.projection()));
}

inline View project(const Place& place, const Ledger& ledger) {
    const auto projector = open_projector(place, ledger);
    must(projector->catch_up());
    return must(must(Balances::open(place.projection()))->view());
}

// Everything a view shows, as text that tests compare.
inline std::string text_of(const AccountInfo& account, const Balance& balance) {
    const auto bound = [](const std::optional<SignedAmount>& limit) {
        return limit ? to_string(*limit) : "none";
    };
    const Totals& totals = balance.totals;
    return std::to_string(account.number.value()) + ' ' + account.code + ' ' +
           std::to_string(account.asset.value()) + ' ' + std::string{name_of(account.type)} + ' ' +
           std::string{name_of(account.state)} + ' ' + bound(account.limits.min) + ' ' +
           bound(account.limits.max) + ' ' + std::to_string(account.opened.value()) + ' ' +
           to_string(totals.posted_debits) + ' ' + to_string(totals.posted_credits) + ' ' +
           to_string(totals.held_debits) + ' ' + to_string(totals.held_credits) + ' ' +
           std::to_string(balance.version) + ' ' + std::to_string(balance.last.bits()) + '\n';
}

inline std::string text_of(const View& view) {
    std::string text;
    must(view.for_each_account([&](const AccountInfo& account, const Balance& balance) {
        text += text_of(account, balance);
        return true;
    }));
    return text;
}

inline std::string text_of(const Book& book) {
    std::string text;
    for (std::uint64_t value = 1; value <= book.account_count(); ++value) {
        const AccountNumber number{value};
        const Account& account = *book.find(number);
        const AccountTerms& terms = book.terms(number);
        text += text_of(
            {.number = number,
             .code = terms.code,
             .asset = account.asset,
             .type = account.type,
             .state = account.state,
             .limits = terms.limits,
             .opened = terms.opened},
            {.totals = account.totals, .version = account.version, .last = account.history.last()});
    }
    return text;
}

}  // namespace daybook::projector::test
