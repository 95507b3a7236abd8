// A receipt as an answer: what was written, or the problem with the facts of the case.
#include "http/render.h"

namespace daybook::http {

namespace {

// The posting of the command, or of the member, that a remark is about.
const Posting* posting_of(const Command& command, const Remark& remark) {
    const PostEntry* entry = std::get_if<PostEntry>(&command);
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        const bool is_member = remark.has_member() && remark.member < atomic->members.size();
        entry = is_member ? std::get_if<PostEntry>(&atomic->members[remark.member]) : nullptr;
    }
    const bool has = entry != nullptr && remark.index < entry->postings.size();
    return has ? &entry->postings[remark.index] : nullptr;
}

// The hold that was to be placed, by the command or by the member a remark is about.
const PlaceHold* hold_of(const Command& command, const Remark& remark) {
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic == nullptr) return std::get_if<PlaceHold>(&command);
    const bool is_member = remark.has_member() && remark.member < atomic->members.size();
    return is_member ? std::get_if<PlaceHold>(&atomic->members[remark.member]) : nullptr;
}

const Precondition* condition_of(const Command& command, const Remark& remark) {
    const auto find = [&](const auto& stated) -> const Precondition* {
        if constexpr (requires { stated.require; }) {
            if (remark.index < stated.require.size()) return &stated.require[remark.index];
        }
        return nullptr;
    };
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic != nullptr && remark.has_member()) {
        const bool is_member = remark.member < atomic->members.size();
        return is_member ? std::visit(find, atomic->members[remark.member]) : nullptr;
    }
    return std::visit(find, command);
}

void write_account_of(json::Line& line, const Remark& remark, const KnownNames& names) {
    const auto* name = names.find(remark.account());
    if (name == nullptr) return;
    line.text("account", name->code).text("asset", name->asset).small("scale", name->scale);
}

void write_shortfall(json::Line& line, const Command& command, const schema::Receipt& receipt,
                     const Remark& remark, const KnownNames& names) {
    write_account_of(line, remark, names);
    line.amount("available", remark.x);
    const bool is_minimum = receipt.code == code_of(Rejection::insufficient_funds);
    line.amount(is_minimum ? "min" : "max", remark.y).small("posting", remark.index);
    const auto* posting = posting_of(command, remark);
    if (posting != nullptr) line.amount("requested", posting->amount);
    const auto* hold = hold_of(command, remark);
    if (hold != nullptr) line.amount("requested", hold->amount);
}

void write_unmet(json::Line& line, const Command& command, const Remark& remark,
                 const KnownNames& names) {
    write_account_of(line, remark, names);
    line.small("condition", remark.index);
    const auto* condition = condition_of(command, remark);
    if (condition != nullptr) {
        line.text("measure", name_of(condition->measure));
        if (condition->measure == Measure::version) line.amount("version", remark.x);
    }
    line.amount("value", remark.x).amount("demanded", remark.y);
}

void write_facts(json::Line& line, const Command& command, const schema::Receipt& receipt,
                 const Remark& remark, const KnownNames& names) {
    switch (remark.kind) {
        case RemarkKind::shortfall:
            write_shortfall(line, command, receipt, remark, names);
            return;
        case RemarkKind::unmet:
            write_unmet(line, command, remark, names);
            return;
        case RemarkKind::excess:
            line.small("posting", remark.index)
                .amount("left", remark.amount_x())
                .amount("requested", remark.amount_y());
            return;
        case RemarkKind::rate:
            line.amount("expected", remark.amount_x()).amount("stated", remark.amount_y());
            return;
        case RemarkKind::failed:
            line.small("member", remark.member);
            return;
        case RemarkKind::number:
        case RemarkKind::taken:
        case RemarkKind::hold:
        case RemarkKind::reversed:
        case RemarkKind::state:
        case RemarkKind::limits:
            return;
    }
}

}  // namespace

Answer answer_of(const Command& command, const schema::Receipt& receipt, const KnownNames& names) {
    if (receipt.verdict == Verdict::accepted) {
        Answer answer;
        answer.status = receipt.is_dry_run ? 200 : 201;
        answer.body = written_body(command, receipt, names);
        if (!receipt.is_dry_run) answer.seq = receipt.seq;
        answer.is_replay = receipt.is_replay;
        return answer;
    }
    Problem problem{receipt.code};
    if (receipt.is_dry_run) {
        problem.with(
            [&](json::Line& line) { line.boolean("dry_run", true).big("as_of_seq", receipt.seq); });
    } else if (receipt.verdict == Verdict::rejected) {
        problem.with_seq(receipt.seq);
    }
    if (receipt.code == code_of(Rejection::reference_exists)) {
        problem.with([&](json::Line& line) { line.big("subject_seq", receipt.subject); });
    }
    for (const auto& remark : receipt.remarks) {
        problem.with([&](json::Line& line) { write_facts(line, command, receipt, remark, names); });
    }
    auto answer = problem.as_replay(receipt.is_replay).answer();
    if (receipt.is_dry_run) answer.tried_at = receipt.seq;
    return answer;
}

}  // namespace daybook::http
