#include "cli/what_if.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "cli/replay.h"
#include "export/chart.h"
#include "export/walk.h"
#include "journal/reader.h"
#include "sequencer/record_finder.h"

namespace daybook::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPinnedMax{500};

std::unexpected<Error> damaged_at(Seq seq, const std::string& what) {
    return fail(ErrorCode::damaged,
                "record " + std::to_string(seq.value()) + ": " + what + "; run `daybook verify`");
}

// Compares record by record while the journal is walked.
class Comparison {
public:
    Comparison(sequencer::RecordFinder& finder, WhatIf& result)
        : finder_{finder}, result_{result}, replay_{finder} {
        finder_.set_instead(&instead_);
    }

    Result<void> take(const exports::WalkedRecord& walked) {
        if (auto refreshed = keep_fresh(); !refreshed) return refreshed;
        if (auto expired = expire_due(walked.record, walked.block.stamp); !expired) return expired;
        auto decided = replay_.decide_again(walked.record, walked.block.stamp);
        if (!decided) {
            if (decided.error().code == ErrorCode::damaged) {
                return damaged_at(walked.record.seq(), decided.error().detail);
            }
            if (decided.error().code != ErrorCode::bad_input) {
                return std::unexpected{decided.error()};
            }
            note_not_decided(walked, decided.error().detail);
            return {};
        }
        const Bytes again = replay_.record_again(walked.record);
        const bool is_same = again.size() == walked.bytes.size() &&
                             std::memcmp(again.data(), walked.bytes.data(), again.size()) == 0;
        if (!is_same) note(walked, again);
        return {};
    }

    const Book& book() const { return replay_.book(); }

private:
    // A view of the past pins the pages it sees.
    Result<void> keep_fresh() {
        constexpr std::uint32_t kRecordsBetweenLooks = 1024;
        if (++records_ % kRecordsBetweenLooks != 0) return {};
        const auto now = steady_clock::now();
        if (now - refreshed_ < kPinnedMax) return {};
        refreshed_ = now;
        return finder_.refresh();
    }

    // What is due here and not in the journal expires as the sequencer would do it; that it has no
    // Seq of its own changes no total.
    Result<void> expire_due(const schema::RecordView& record, Stamp stamp) {
        if (record.kind() == CommandKind::expire_hold) return {};
        while (const auto due = replay_.book().holds().due_at(stamp)) {
            replay_.expire(*due, record.seq(), stamp);
            if (!replay_.decision().is_accepted()) {
                return damaged_at(record.seq(), "hold " + to_string(*due) + " cannot expire");
            }
            ++result_.expiries;
            note_first(
                record,
                {DifferenceKind::outcome, {}, "hold " + to_string(*due), "open", "expired before"});
        }
        return {};
    }

    void note(const exports::WalkedRecord& walked, Bytes again) {
        const auto& record = walked.record;
        const Decision& decision = replay_.decision();
        const auto kind = kind_of_difference(record, decision);
        ++result_.records_differ;
        ++result_.kinds.at(static_cast<std::size_t>(kind));
        if (kind == DifferenceKind::outcome) {
            ++result_.outcomes[{record.rejection(), decision.rejection}];
        }
        // Who refers to this record must find what was decided now; figures alone nobody refers to.
        if (kind < DifferenceKind::balances) instead_[record.seq()] = {again.begin(), again.end()};
        if (!result_.first) note_first(record, describe_difference(record, decision, book()));
    }

    void note_not_decided(const exports::WalkedRecord& walked, const std::string& why) {
        ++result_.records_differ;
        ++result_.not_decided;
        // Nothing was made that anybody could refer to: a rejection says that.
        const auto& record = walked.record;
        Decision nothing;
        nothing.kind = Decision::Kind::rejected;
        nothing.rejection = Rejection::voided;
        const Bytes command = record.command_bytes();
        auto& bytes = instead_[record.seq()];
        bytes.assign(schema::record_bytes(command.size(), nothing), std::byte{});
        schema::encode_record(bytes, record.seq(), record.producer(), record.kind(), command,
                              nothing);
        note_first(record, {DifferenceKind::outcome,
                            {},
                            "outcome",
                            outcome_text(record.rejection()),
                            "not decided: " + why});
    }

    void note_first(const schema::RecordView& record, RecordDifference difference) {
        if (result_.first) return;
        result_.first = {record.seq(), record.key(), record.producer(), record.kind(),
                         std::move(difference)};
    }

    sequencer::RecordFinder& finder_;
    WhatIf& result_;
    Replay replay_;
    // What is decided now, where others may refer to it and it is not what the journal has.
    sequencer::RecordFinder::Instead instead_;
    steady_clock::time_point refreshed_ = steady_clock::now();
    std::uint32_t records_ = 0;
};

AccountDifference decided_account(const Book& book, AccountNumber number) {
    const Account& account = *book.find(number);
    const Asset& asset = book.asset(account.asset);
    return {book.terms(number).code, asset.code, asset.scale, account.type, {}, account.totals};
}

AccountDifference recorded_account(const exports::Chart& chart, AccountNumber number) {
    const auto& account = chart.account(number);
    const auto& asset = chart.asset(account.asset);
    return {account.code, asset.code, asset.scale, account.type, account.totals, {}};
}

// By code: where an opening is decided otherwise the numbers behind it are others.
std::vector<AccountDifference> compare_accounts(const exports::Chart& chart, const Book& book) {
    std::vector<AccountDifference> differences;
    std::unordered_set<std::string> recorded_elsewhere;
    for (std::uint64_t value = 1; value <= chart.account_count(); ++value) {
        const AccountNumber number{value};
        const auto& recorded = chart.account(number);
        const auto found = book.find_account(recorded.code);
        if (found != number) recorded_elsewhere.insert(recorded.code);
        if (found && book.find(*found)->totals == recorded.totals) continue;
        auto difference = recorded_account(chart, number);
        if (found) difference.decided = book.find(*found)->totals;
        differences.push_back(std::move(difference));
    }
    for (std::uint64_t value = 1; value <= book.account_count(); ++value) {
        const AccountNumber number{value};
        const std::string& code = book.terms(number).code;
        const bool is_in_place =
            value <= chart.account_count() && chart.account(number).code == code;
        if (is_in_place || recorded_elsewhere.contains(code)) continue;
        differences.push_back(decided_account(book, number));
    }
    return differences;
}

// Fills in the totals of all, and the list of the largest of each asset.
void sum_up(std::vector<AccountDifference> differences, std::size_t accounts_max, WhatIf& result) {
    result.accounts_differ = differences.size();
    std::ranges::sort(differences, [](const auto& left, const auto& right) {
        if (left.asset != right.asset) return left.asset < right.asset;
        if (left.change() != right.change()) return left.change() > right.change();
        return left.code < right.code;
    });
    for (auto& account : differences) {
        if (result.assets.empty() || result.assets.back().asset != account.asset) {
            result.assets.push_back({account.asset, account.scale, 0, 0, 0});
        }
        AssetDifference& asset = result.assets.back();
        ++asset.accounts;
        (account.is_more() ? asset.more : asset.less) += account.change();
        if (asset.accounts <= accounts_max) result.accounts.push_back(std::move(account));
    }
}

Result<Seq> end_of(const std::shared_ptr<journal::Environment>& journal,
                   const WhatIfOptions& options) {
    if (options.to) return *options.to;
    const auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    return snapshot->head_seq();
}

}  // namespace

Uint128 AccountDifference::change() const {
    const auto was = static_cast<Uint128>(recorded_balance().minor_units());
    const auto is = static_cast<Uint128>(decided_balance().minor_units());
    return is_more() ? is - was : was - is;
}

Result<WhatIf> what_if(const std::shared_ptr<journal::Environment>& journal,
                       const WhatIfOptions& options) {
    WhatIf result;
    result.book = journal->book();
    const auto to = end_of(journal, options);
    if (!to) return std::unexpected{to.error()};
    result.to = *to;
    auto finder = sequencer::RecordFinder::open(journal);
    if (!finder) return std::unexpected{finder.error()};
    Comparison comparison{*finder, result};
    exports::Chart recorded;
    const auto go_on = [&](Seq done) { return !options.go_on || options.go_on(done, result.to); };
    const auto walked =
        exports::walk(journal, result.to, recorded, go_on,
                      [&](const exports::WalkedRecord& record) { return comparison.take(record); });
    if (!walked) return std::unexpected{walked.error()};
    sum_up(compare_accounts(recorded, comparison.book()), options.accounts_max, result);
    return result;
}

}  // namespace daybook::cli
