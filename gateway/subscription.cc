#include "gateway/subscription.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "schema/record.h"

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// A source may answer from a moment just before the feed's; one that stays behind is another.
constexpr unsigned kTimesBehindMax = 5;

bool continues(const schema::BlockFacts& before, const schema::BlockFacts& block) {
    if (block.number == before.number) return block == before;
    return block.number == before.number + 1 && block.previous == before.hash &&
           block.first_seq == before.last_seq().next() && block.stamp >= before.stamp;
}

}  // namespace

Subscription::Subscription(std::unique_ptr<RecordSource> source, std::unique_ptr<LiveFeed> feed,
                           SubscriptionOptions options)
    : source_{std::move(source)},
      feed_{std::move(feed)},
      options_{std::move(options)},
      is_prepared_{options_.account_path.empty()},
      next_{std::max(options_.from, Seq{1})} {
    if (!is_prepared_) filter_.emplace(options_.account_path);
}

Result<std::optional<DeliveredRecord>> Subscription::next(milliseconds timeout) {
    if (failure_) return std::unexpected{*failure_};
    const auto until = steady_clock::now() + timeout;
    const auto failed = [this](const Error& error) {
        failure_ = error;
        return std::unexpected{error};
    };
    for (bool is_last = false;;) {
        for (;;) {
            const auto record = take();
            if (!record) return failed(record.error());
            if (!*record) break;
            const auto passed = passes(**record);
            if (!passed) return failed(passed.error());
            if (*passed) return *record;
        }
        if (is_last) return std::nullopt;
        const auto now = steady_clock::now();
        is_last = now >= until;
        if (must_ask_ && now >= ask_not_before_) {
            if (auto asked = ask_source(); !asked) return failed(asked.error());
        }
        if (has_record()) continue;
        if (auto listened = listen(until); !listened) return failed(listened.error());
    }
}

Result<std::optional<DeliveredRecord>> Subscription::take() {
    for (;;) {
        if (index_ < run_.records.size()) {
            const DeliveredRecord record{run_.block, run_.first.plus(index_), run_.records[index_]};
            ++index_;
            next_ = record.seq.next();
            block_ = run_.block;
            ++(is_live_ ? counts_.live : counts_.caught_up);
            news_ = steady_clock::now();
            return record;
        }
        if (runs_.is_at_end()) {
            end_page();
            return std::nullopt;
        }
        if (runs_.next(run_) != Malformation::none) {
            return fail(ErrorCode::damaged, "the source's records after seq " +
                                                std::to_string(next_.value() - 1) +
                                                " are cut short; verify the journal");
        }
        if (auto entered = enter_run(); !entered) return std::unexpected{entered.error()};
    }
}

// A page that reached the head it came with leaves nothing to ask for.
void Subscription::end_page() {
    if (is_live_ || page_head_ == Seq{}) return;
    if (next_ > page_head_) {
        must_ask_ = false;
        is_caught_up_ = true;
    }
    page_head_ = Seq{};
}

// Stands on `next_` in a run that was just read, if it is there.
Result<void> Subscription::enter_run() {
    index_ = run_.records.size();
    if (run_.last() < next_) return {};
    if (run_.first > next_) {
        return fail(ErrorCode::damaged, "the source gave seq " +
                                            std::to_string(run_.first.value()) + " for seq " +
                                            std::to_string(next_.value()));
    }
    if (block_ && !continues(*block_, run_.block)) {
        return fail(ErrorCode::damaged,
                    "block " + std::to_string(run_.block.number) + " at seq " +
                        std::to_string(next_.value()) + " does not continue block " +
                        std::to_string(block_->number) +
                        " that came before: this is another journal, or one restored from a "
                        "backup; start from seq 1");
    }
    index_ = next_.value() - run_.first.value();
    return {};
}

Result<bool> Subscription::passes(const DeliveredRecord& record) {
    if (!filter_) return true;
    const auto view = schema::RecordView::parse(record.bytes);
    if (!view) return std::unexpected{view.error()};
    const auto passed = filter_->passes(*view);
    if (!passed) return passed;
    return *passed && record.seq >= options_.from;
}

Result<bool> Subscription::prepare() {
    if (is_prepared_) return true;
    const auto accounts = source_->accounts(options_.account_path);
    if (!accounts) {
        auto noted = note_trouble(accounts.error());
        if (!noted) return std::unexpected{noted.error()};
        return false;
    }
    filter_->add(accounts->numbers);
    // What was opened since is learned from the records, which begin so much earlier.
    next_ = std::min(next_, accounts->as_of.next());
    is_prepared_ = true;
    return true;
}

Result<void> Subscription::note_trouble(const Error& error) {
    if (error.code != ErrorCode::unreachable && error.code != ErrorCode::try_again) {
        return std::unexpected{error};
    }
    trouble_ = error.detail;
    ask_not_before_ = steady_clock::now() + options_.check_every;
    return {};
}

Result<void> Subscription::ask_source() {
    const auto prepared = prepare();
    if (!prepared) return std::unexpected{prepared.error()};
    if (!*prepared) return {};
    auto page = source_->records(next_);
    if (!page) return note_trouble(page.error());
    trouble_.clear();
    news_ = steady_clock::now();
    is_caught_up_ = page->runs.empty();
    must_ask_ = !is_caught_up_;
    if (!is_caught_up_) {
        bytes_ = std::move(page->runs);
        runs_ = schema::RunReader{bytes_};
        run_.records.clear();
        index_ = 0;
        is_live_ = false;
        page_head_ = page->head;
        return {};
    }
    times_behind_ = block_ && page->head.next() < next_ ? times_behind_ + 1 : 0;
    if (times_behind_ < kTimesBehindMax) return {};
    return fail(ErrorCode::damaged, "the journal ends at seq " +
                                        std::to_string(page->head.value()) + ", but seq " +
                                        std::to_string(next_.value() - 1) +
                                        " was delivered: it was restored from a backup; start "
                                        "from seq 1");
}

Result<void> Subscription::listen(Moment until) {
    const auto check_at = must_ask_ ? ask_not_before_ : news_ + options_.check_every;
    const auto now = steady_clock::now();
    const auto left = std::max(std::min(until, check_at) - now, steady_clock::duration{0});
    const auto wait = std::chrono::ceil<milliseconds>(left);
    auto heard = Heard::nothing;
    if (feed_) {
        heard = feed_->receive(message_, wait);
    } else {
        std::this_thread::sleep_for(wait);
    }
    if (heard == Heard::records) return take_message();
    // A look finds what came, or that nothing did.
    must_ask_ = must_ask_ || heard == Heard::look || steady_clock::now() >= check_at;
    return {};
}

Result<void> Subscription::take_message() {
    auto run = schema::decode_published(message_);
    if (!run) {
        ++counts_.unreadable;
        must_ask_ = true;
        return {};
    }
    const auto header = schema::decode_header(message_);
    if (header->book != source_->book()) {
        return fail(ErrorCode::damaged, "the feed is of book " + to_hex(header->book.bytes) +
                                            ", not " + to_hex(source_->book().bytes) +
                                            "; name the feed of this book");
    }
    if (run->last() < next_) {
        ++counts_.stale;
        return {};
    }
    is_caught_up_ = false;
    if (run->first > next_ || !is_prepared_) {
        ++counts_.gaps;
        must_ask_ = true;
        return {};
    }
    std::swap(bytes_, message_);  // the views stay valid
    runs_ = schema::RunReader{{}};
    run_ = *std::move(run);
    is_live_ = true;
    return enter_run();
}

}  // namespace daybook::gateway
