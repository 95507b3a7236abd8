#include "tests/simulation/audit.h"

#include <algorithm>
#include <span>
#include <string>

#include "journal/chain.h"
#include "ledger/outcome.h"

namespace daybook::simulation {

void Audit::wrong(Seq seq, const std::string& what) {
    history_.violated("record " + std::to_string(seq.value()) + ": " + what);
}

void Audit::walk() {
    std::ranges::sort(history_.readings(), {}, &Reading::watermark);
    check_readings(Seq{});
    journal::ChainCheck chain{journal_.book()};
    for (std::size_t number = 0; number < journal_.durable_blocks(); ++number) {
        const Bytes stored = journal_.stored(number);
        const std::uint64_t key =
            __builtin_bswap64(number == 0 ? 0 : chain.last().last_seq().next().value());
        const auto damage =
            chain.check(std::as_bytes(std::span{&key, 1}), stored, [&](Seq seq, Bytes bytes) {
                const auto record = schema::RecordView::parse(bytes);
                if (!record) return wrong(seq, record.error().detail);
                if (record->seq() != seq) return wrong(seq, "it says another Seq");
                check_record(*record, journal::BlockView::parse(stored)->info().stamp);
            });
        if (damage) return history_.violated("the chain is broken: " + damage->what);
    }
    check_answers();
}

void Audit::check_record(const schema::RecordView& record, Stamp stamp) {
    ++records_;
    const auto command = record.command();
    if (!command) return wrong(record.seq(), command.error().detail);
    if (record.kind() == CommandKind::expire_hold) {
        marks_.hit(Mark::hold_expired);
        if (record.producer() != kSystemProducer) return wrong(record.seq(), "who expires a hold?");
    } else {
        check_key(record, stamp);
    }
    if (record.verdict() == Verdict::accepted) {
        const auto found = accounts_.take(record, *command);
        if (!found.empty()) return wrong(record.seq(), found);
    } else if (record.touch_count() != 0) {
        return wrong(record.seq(), "it is rejected and has an effect");
    }
    check_readings(record.seq());
}

void Audit::check_key(const schema::RecordView& record, Stamp stamp) {
    const auto at = history_.keys().find({record.key(), record.producer()});
    if (at == history_.keys().end()) return wrong(record.seq(), "nobody sent its key");
    KeyHistory& key = at->second;
    if (key.bound != Seq{}) return wrong(record.seq(), "its key is bound a second time");
    key.bound = record.seq();
    if (record.seq() <= key.floor)
        return wrong(record.seq(), "it comes before what was answered before it was sent");
    bool is_asked = false;
    for (const AskId id : key.asks) {
        Ask& ask = history_.asks()[id];
        const bool is_it =
            ask.kind == record.kind() && std::ranges::equal(ask.command, record.command_bytes());
        // A voided key answers for the command it was voided for, and the other way round.
        const bool is_void =
            ask.kind == CommandKind::void_key || record.kind() == CommandKind::void_key;
        is_asked = is_asked || is_it;
        if (!is_it && !is_void) continue;
        if (!ask.answer) continue;
        const auto& answer = *ask.answer;
        if (answer.seq != record.seq() || answer.verdict != record.verdict() ||
            answer.code != code_of(record.rejection()) || answer.stamp != stamp ||
            answer.subject != record.subject()) {
            return wrong(record.seq(), "it was answered otherwise");
        }
        if (!answer.remarks.empty() && answer.remarks != record.remarks())
            return wrong(record.seq(), "it was answered with other remarks");
        for (std::size_t i = 0; i < answer.touches.size(); ++i) {
            if (i >= record.touch_count() || answer.touches[i] != record.touch(i))
                return wrong(record.seq(), "it was answered with other touches");
        }
        ask.is_found = true;
    }
    if (!is_asked) wrong(record.seq(), "nobody sent its command");
    for (const schema::Receipt& outcome : key.outcomes) {
        if (outcome.seq != record.seq() || outcome.verdict != record.verdict() ||
            outcome.code != code_of(record.rejection()) || outcome.stamp != stamp ||
            outcome.subject != record.subject())
            return wrong(record.seq(), "its outcome was told otherwise");
    }
}

void Audit::check_readings(Seq seq) {
    const auto& readings = history_.readings();
    for (; readings_checked_ < readings.size(); ++readings_checked_) {
        const Reading& reading = readings[readings_checked_];
        if (reading.watermark > seq) return;
        const auto* account = accounts_.find(reading.account);
        if (account == nullptr) return wrong(seq, "a reader saw an account that is not there");
        if (account->totals != reading.totals || account->version != reading.version) {
            return wrong(seq, "a reader saw account " + std::to_string(reading.account.value()) +
                                  " otherwise than the records up to its watermark make it");
        }
    }
}

void Audit::check_answer(const Ask& ask) {
    const auto& answer = *ask.answer;
    const Seq bound = history_.keys().at({ask.key, ask.producer}).bound;
    if (answer.verdict != Verdict::refused) {
        if (!ask.is_found) wrong(answer.seq, "it was answered, and is not in the journal");
        return;
    }
    if (bound == Seq{} || bound > ask.head)
        return wrong(bound, "its key was answered as used before, which it was not");
    if (bound > ask.durable_when_taken) marks_.hit(Mark::key_reused_while_first_undurable);
}

void Audit::check_answers() {
    if (history_.violation()) return;
    if (readings_checked_ != history_.readings().size())
        return history_.violated("a reader saw a Seq that the journal does not have");
    for (const Ask& ask : history_.asks()) {
        if (ask.answer) check_answer(ask);
    }
    for (const auto& [id, key] : history_.keys()) {
        if (!key.outcomes.empty() && key.bound == Seq{})
            history_.violated("there was an outcome of a key that no record has");
    }
    for (const NotSeen& told : history_.all_not_seen()) {
        const auto at = history_.keys().find(told.key);
        const Seq bound = at == history_.keys().end() ? Seq{} : at->second.bound;
        if (bound != Seq{} && bound <= told.head)
            wrong(bound, "its key was said not to be seen up to a later Seq");
    }
}

}  // namespace daybook::simulation
