#include <algorithm>
#include <map>

#include "tests/history/judges.h"
#include "tests/history/model.h"

namespace daybook::history {

namespace {

// [I3]
void judge_places(const History& history, const std::vector<Deed>& deeds, Findings& findings) {
    std::uint64_t expected = history.first_seq;
    std::int64_t latest_begun = 0;
    for (const auto& deed : deeds) {
        ++expected;
        if (deed.seq != expected) {
            findings.add("seq " + std::to_string(expected) +
                         " is nobody's, or somebody's twice: the next is " +
                         std::to_string(deed.seq));
            expected = deed.seq;
        }
        if (deed.known < deed.begun)
            findings.add("known before it was asked: " + describe(deed.call));
        latest_begun = std::max(latest_begun, deed.begun);
        if (deed.known < latest_begun)
            findings.add("seq " + std::to_string(deed.seq) +
                         " was answered before one before it was asked");
    }
    if (expected != history.head)
        findings.add("the last seq told is " + std::to_string(expected) + ", the head " +
                     std::to_string(history.head));
    const Asked* before = nullptr;
    for (const auto& asked : history.asked) {
        if (!asked.is_answered || asked.reply.is_replay != 0 || asked.reply.verdict > 2) continue;
        const bool is_same_message = before != nullptr && before->client == asked.client &&
                                     before->call.moment == asked.call.moment;
        if (is_same_message && asked.reply.seq <= before->reply.seq)
            findings.add("seq " + std::to_string(asked.reply.seq) +
                         " stood behind another in its message");
        before = &asked;
    }
}

void judge_read(const History& history, const Bank& bank, const Seen& seen, Findings& findings) {
    const auto at = std::to_string(seen.read.watermark);
    for (std::uint16_t i = 0; i < history.accounts; ++i) {
        if (seen.balances[i] == bank.accounts()[i]) continue;
        findings.add("account " + std::to_string(i) + " was read wrong at watermark " + at);
        break;
    }
    std::int64_t total = 0;
    std::int64_t held = 0;
    for (const auto& balance : seen.balances) {
        total += balance.posted_credits - balance.posted_debits;
        held += balance.held_credits - balance.held_debits;
    }
    if (total != 0 || held != 0)
        findings.add("the balances read at watermark " + at + " do not add up");
}

// [I6]
void judge_readers(const History& history, Findings& findings) {
    std::map<std::uint16_t, std::uint64_t> last;
    for (const auto& seen : history.reads) {
        const auto at = std::to_string(seen.read.watermark);
        if (seen.read.watermark < seen.read.min_seq)
            findings.add("a read did not wait: it saw " + at);
        if (seen.read.watermark < last[seen.client])
            findings.add("a reader was taken back to watermark " + at);
        last[seen.client] = seen.read.watermark;
        if (seen.read.watermark > history.head)
            findings.add("a read saw " + at + ", behind the head");
    }
}

}  // namespace

void judge_by_seq(const History& history, std::vector<Deed> deeds, Findings& findings) {
    std::ranges::sort(deeds, {}, &Deed::seq);
    judge_places(history, deeds, findings);
    judge_readers(history, findings);
    std::vector<const Seen*> reads;
    for (const auto& seen : history.reads)
        reads.push_back(&seen);
    std::ranges::sort(reads, {}, [](const Seen* seen) { return seen->read.watermark; });

    Bank bank{history.accounts};
    auto next_read = reads.begin();
    std::int64_t latest_begun = 0;
    const auto judge_reads = [&](std::uint64_t up_to) {
        for (; next_read != reads.end() && (*next_read)->read.watermark < up_to; ++next_read) {
            judge_read(history, bank, **next_read, findings);
            if ((*next_read)->read.answered < latest_begun)
                findings.add("a read saw what was not asked yet");
        }
    };
    for (const auto& deed : deeds) {
        judge_reads(deed.seq);
        const Answer answer = bank.decide(deed.call);
        if (!answer.agrees(deed.call, deed.reply))
            findings.add("at seq " + std::to_string(deed.seq) + " a " + describe(deed.call) +
                         " was answered " + std::to_string(deed.reply.code) + ", the rules say " +
                         std::to_string(answer.code));
        bank.apply(deed.call, answer, deed.seq);
        latest_begun = std::max(latest_begun, deed.begun);
    }
    judge_reads(~std::uint64_t{0});
}

}  // namespace daybook::history
