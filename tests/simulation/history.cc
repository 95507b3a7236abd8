#include "tests/simulation/history.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "ledger/outcome.h"

namespace daybook::simulation {

namespace {

bool is_decided(const schema::Receipt& receipt) {
    return receipt.verdict == Verdict::accepted || receipt.verdict == Verdict::rejected;
}

// But for the replay flag; what was left out of a large answer is not compared.
bool is_same(const schema::Receipt& one, const schema::Receipt& other) {
    const auto agree = [](const auto& left, const auto& right) {
        return left.empty() || right.empty() || left == right;
    };
    return one.verdict == other.verdict && one.code == other.code && one.seq == other.seq &&
           one.stamp == other.stamp && one.subject == other.subject &&
           agree(one.remarks, other.remarks) && agree(one.touches, other.touches);
}

std::string text_of(const schema::Receipt& receipt) {
    return std::string{name_of(receipt.verdict)} + " " + std::string{name_of_code(receipt.code)} +
           " at Seq " + std::to_string(receipt.seq.value());
}

}  // namespace

std::size_t KeyIdHash::operator()(const KeyId& id) const {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(id.key.bytes);
    return (words[0] ^ (words[1] * 0x9e3779b97f4a7c15)) + id.producer.value();
}

bool is_definitive(const schema::Receipt& receipt) {
    return receipt.code != code_of(Refusal::overloaded) &&
           receipt.code != code_of(Refusal::disk_nearly_full);
}

AskId History::ask(Ask ask) {
    const AskId id = asks_.size();
    auto [at, is_new] = keys_.try_emplace(KeyId{ask.key, ask.producer});
    if (is_new) at->second.floor = highest_answered_;
    at->second.asks.push_back(id);
    asks_.push_back(std::move(ask));
    return id;
}

void History::outcome(const KeyId& key, const schema::Receipt& receipt) {
    const auto at = keys_.find(key);
    if (at == keys_.end()) return violated("there is an outcome of a key that nobody sent");
    at->second.outcomes.push_back(receipt);
}

void History::answered(AskId id, const schema::Receipt& receipt, Seq head, Seq durable_when_taken) {
    Ask& ask = asks_[id];
    if (!is_definitive(receipt)) return;
    if (receipt.verdict == Verdict::malformed || receipt.verdict == Verdict::not_seen) {
        return violated("a well-formed command is answered " + text_of(receipt));
    }
    if (is_decided(receipt) && receipt.seq > head) {
        return violated("an answer that rests on Seq " + std::to_string(head.value()) + " says " +
                        text_of(receipt));
    }
    if (ask.answer && !is_same(*ask.answer, receipt)) {
        return violated("one command is answered first " + text_of(*ask.answer) + ", then " +
                        text_of(receipt));
    }
    if (ask.answer) return;
    note_marks(ask, receipt);
    ask.answer = receipt;
    ask.head = head;
    ask.durable_when_taken = durable_when_taken;
    if (receipt.is_replay && receipt.seq > durable_when_taken)
        marks_.hit(Mark::repeat_while_first_undurable);
    if (is_decided(receipt)) highest_answered_ = std::max(highest_answered_, receipt.seq);
}

void History::note_marks(const Ask& ask, const schema::Receipt& receipt) {
    const bool is_accepted = receipt.verdict == Verdict::accepted;
    if (receipt.is_replay) marks_.hit(Mark::repeat_answered);
    if (receipt.code == code_of(Refusal::idempotency_key_reused)) {
        marks_.hit(Mark::key_reused_refused);
    }
    if (receipt.code == code_of(Rejection::voided)) {
        marks_.hit(Mark::key_voided);
    } else if (ask.kind == CommandKind::void_key) {
        marks_.hit(Mark::void_came_too_late);
    }
    if (receipt.code == code_of(Rejection::reference_exists)) marks_.hit(Mark::reference_taken);
    if (receipt.code == code_of(Rejection::limit_exceeded) ||
        receipt.code == code_of(Rejection::insufficient_funds)) {
        marks_.hit(Mark::limit_kept);
    }
    if (!is_accepted) return;
    if (ask.kind == CommandKind::atomic) marks_.hit(Mark::atomic_accepted);
    if (ask.kind == CommandKind::reverse_entry) marks_.hit(Mark::entry_reversed);
    if (ask.kind == CommandKind::capture_hold) marks_.hit(Mark::hold_captured);
}

}  // namespace daybook::simulation
