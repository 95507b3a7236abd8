#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "bench/process.h"
#include "bench/random.h"
#include "journal/reader.h"
#include "tests/projector/support.h"

namespace daybook::crash {

namespace {

using projector::Balances;
using projector::OpenHold;
using projector::test::Ledger;
using projector::test::must;
using projector::test::Place;
using std::chrono::microseconds;

constexpr std::uint64_t kAccounts = 200;

int cycles_wanted() {
    const char* stated = std::getenv("DAYBOOK_KILL9_CYCLES");  // NOLINT(concurrency-mt-unsafe)
    return stated == nullptr ? 200 : std::stoi(stated);
}

// What a projection at a Seq must say, from the records alone: the last touch of each account, and
// which holds are open.
class PlainFold {
public:
    explicit PlainFold(const Ledger& ledger)
        : journal_{must(journal::Snapshot::open(ledger.environment()))} {}

    void advance_to(Seq seq) {
        must(journal_.refresh());
        while (seq_ < seq) {
            seq_ = seq_.next();
            const auto block = must(journal_.block_of(seq_));
            REQUIRE(block);
            take(must(schema::RecordView::parse(must(block->record(seq_)))));
        }
    }

    // Everything in which the projection differs.
    std::size_t differences(const projector::View& view) const {
        std::size_t count = 0;
        std::size_t accounts = 0;
        must(view.for_each_account([&](const auto& account, const projector::Balance& balance) {
            ++accounts;
            const auto last = last_.find(account.number);
            const Touch touch = last == last_.end() ? Touch{} : last->second.second;
            const TouchPointer place = last == last_.end() ? TouchPointer{} : last->second.first;
            if (balance.totals != touch.after || balance.version != touch.version ||
                balance.last != place) {
                ++count;
            }
            return true;
        }));
        std::set<EntryId> open;
        must(view.for_each_hold([&](const OpenHold& hold) {
            open.insert(hold.id);
            return true;
        }));
        return count + (accounts == accounts_ ? 0 : 1) + (open == open_ ? 0 : 1);
    }

private:
    void take(const schema::RecordView& record) {
        if (record.verdict() != Verdict::accepted) return;
        if (record.kind() == CommandKind::open_account) ++accounts_;
        for (std::uint16_t i = 0; i < record.touch_count(); ++i)
            last_[record.touch(i).account] = {TouchPointer{record.seq(), i}, record.touch(i)};
        for (const Remark& remark : record.remarks()) {
            if (remark.kind != RemarkKind::hold) continue;
            if (remark.hold_state() == HoldState::open) {
                open_.insert(remark.id());
            } else {
                open_.erase(remark.id());
            }
        }
    }

    journal::Snapshot journal_;
    Seq seq_;
    std::size_t accounts_ = 0;
    std::map<AccountNumber, std::pair<TouchPointer, Touch>> last_;
    std::set<EntryId> open_;
};

Id128 key_of(std::uint64_t number) {
    Id128 key{{0xcc}};
    std::memcpy(key.bytes.data() + 8, &number, sizeof number);
    return key;
}

// Transfers, holds and what becomes of them; sometimes another account.
void work(Ledger& ledger, bench::Random& random, std::uint64_t& keys) {
    const std::uint64_t accounts = ledger.book().account_count();
    for (std::uint64_t n = 1 + random.below(200); n > 0; --n) {
        const std::uint64_t kind = random.below(20);
        const auto account = [&] { return AccountNumber{1 + random.below(accounts)}; };
        const auto holds = ledger.book().holds().open_ids();
        if (kind == 0) {
            ledger.submit(
                PlaceHold{key_of(++keys), {account(), {}}, {account(), {}}, Amount{9}, {}});
        } else if (kind == 1 && !holds.empty()) {
            ledger.submit(
                CaptureHold{key_of(++keys), holds[random.below(holds.size())], Amount{4}});
        } else if (kind == 2 && !holds.empty()) {
            ledger.submit(ReleaseHold{key_of(++keys), holds[random.below(holds.size())]});
        } else if (kind == 3 && random.below(20) == 0) {
            ledger.open("late:" + std::to_string(accounts));
        } else {
            ledger.transfer(account().value(), account().value(), 1 + random.below(100));
        }
    }
    ledger.commit();
}

}  // namespace

TEST_CASE(
    "kill -9 of the projector leaves the fold of the journal at a watermark that never goes back",
    "[crash][I6]") {
    const Place place;
    Ledger ledger{place.journal()};
    ledger.define("USD");
    for (std::uint64_t i = 1; i <= kAccounts; ++i)
        ledger.open("users:" + std::to_string(i));
    ledger.commit();
    const auto seed =
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    INFO("seed " << seed);
    bench::Random random{seed};
    PlainFold fold{ledger};
    const auto data = place.journal().parent_path();

    std::uint64_t keys = 0;
    Seq watermark;
    int behind = 0;
    const int cycles = cycles_wanted();
    for (int cycle = 0; cycle < cycles; ++cycle) {
        auto projector = must(bench::Process::execute(
            {DAYBOOK_BINARY, "projector", "--data", data.string(), "--query", ""}, data / "log"));
        const auto kill_at = std::chrono::steady_clock::now() + microseconds{random.below(60'000)};
        while (std::chrono::steady_clock::now() < kill_at)
            work(ledger, random, keys);
        projector.send(SIGKILL);
        projector.wait();
        const auto balances = Balances::open(place.projection());
        if (!balances) {
            // Killed before it had made one.
            REQUIRE(watermark == Seq{});
            continue;
        }
        const auto view = must((*balances)->view());
        const Seq now = view.watermark().seq;
        REQUIRE(now >= watermark);
        watermark = now;
        fold.advance_to(now);
        REQUIRE(fold.differences(view) == 0);
        if (now < ledger.head().last_seq()) ++behind;
    }
    std::cout << cycles << " cycles, " << behind << " of them killed behind the journal's head, "
              << ledger.head().last_seq().value() << " records\n";
    CHECK(watermark > Seq{1 + kAccounts});
}

}  // namespace daybook::crash
