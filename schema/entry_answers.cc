#include "schema/entry_answers.h"

#include <span>
#include <utility>

#include "schema/account_line.h"
#include "schema/answer_front.h"
#include "schema/run.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::ReversalLink) == 24);
static_assert(sizeof(wire::OpenHold) == 64);
static_assert(sizeof(wire::FoundReference) == 8);

wire::ReversalLink to_wire(const ReversalLink& link) {
    return {link.original.bits(), link.reversal.bits(), link.postings};
}
ReversalLink from_wire(const wire::ReversalLink& stored) {
    return {EntryId{stored.original()}, EntryId{stored.reversal()}, stored.postings()};
}

wire::OpenHold to_wire(const HoldNow& hold) {
    return {hold.id.bits(),
            hold.debit.value(),
            hold.credit.value(),
            schema::to_wire(hold.remaining),
            schema::to_wire(hold.captured),
            hold.expires_at.nanoseconds()};
}
HoldNow from_wire(const wire::OpenHold& stored) {
    return {EntryId{stored.id()},           AccountNumber{stored.debit()},
            AccountNumber{stored.credit()}, amount_from(stored.remaining()),
            amount_from(stored.captured()), Stamp{stored.expires_at()}};
}

template <typename Wire, typename Value>
void append_array(std::vector<std::byte>& message, const std::vector<Value>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(Wire));
    for (std::size_t i = 0; i < values.size(); ++i)
        store(std::span{bytes}.subspan(i * sizeof(Wire)), to_wire(values[i]));
    append_frame(message, bytes);
}

template <typename Wire, typename Value>
std::expected<std::vector<Value>, Malformation> read_array(FrameReader& frames) {
    const auto frame = frames.next();
    if (!frame) return std::unexpected{frame.error()};
    if (frame->size() % sizeof(Wire) != 0) return std::unexpected{Malformation::bad_bytes};
    std::vector<Value> values;
    for (Bytes rest = *frame; !rest.empty(); rest = rest.subspan(sizeof(Wire)))
        values.push_back(from_wire(load<Wire>(rest)));
    return values;
}

// One record, not behind the head; or nothing.
bool is_run_of_one(Bytes run, Seq head) {
    if (run.empty()) return true;
    RunReader runs{run};
    Run one;
    return runs.next(one) == Malformation::none && runs.is_at_end() && one.records.size() == 1 &&
           one.first <= head;
}

}  // namespace

std::vector<std::byte> encode_entry(const MessageHeader& asked, const Id128& book,
                                    const EntryDetails& entry) {
    auto message = begin_answer(asked, MessageKind::entry_details, book, entry.standing,
                                entry.accounts.size());
    append_frame(message, entry.run);
    append_array<wire::ReversalLink>(message, entry.reversals);
    append_array<wire::OpenHold>(message, entry.open_holds);
    for (const auto& account : entry.accounts)
        append_line(message, account);
    return message;
}

std::expected<EntryDetails, Malformation> decode_entry(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::entry_details);
    if (!answer) return std::unexpected{answer.error()};
    FrameReader frames{answer->rest};
    const auto run = frames.next();
    if (!run) return std::unexpected{run.error()};
    if (!is_run_of_one(*run, answer->standing.head)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    auto reversals = read_array<wire::ReversalLink, ReversalLink>(frames);
    if (!reversals) return std::unexpected{reversals.error()};
    auto holds = read_array<wire::OpenHold, HoldNow>(frames);
    if (!holds) return std::unexpected{holds.error()};
    auto accounts = read_lines(frames, answer->header.count);
    if (!accounts) return std::unexpected{accounts.error()};
    return EntryDetails{answer->standing,
                        {run->begin(), run->end()},
                        *std::move(reversals),
                        *std::move(holds),
                        *std::move(accounts)};
}

std::vector<std::byte> encode_reference(const MessageHeader& asked, const Id128& book,
                                        const FoundReference& found) {
    auto message = begin_answer(asked, MessageKind::found_reference, book, found.standing, 0);
    message.resize(kAnswerStart + sizeof(wire::FoundReference));
    store(std::span{message}.subspan(kAnswerStart), wire::FoundReference{found.id.bits()});
    return message;
}

std::expected<FoundReference, Malformation> decode_reference(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::found_reference);
    if (!answer) return std::unexpected{answer.error()};
    if (answer->rest.size() != sizeof(wire::FoundReference)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const EntryId id{load<wire::FoundReference>(answer->rest).id()};
    if (id.seq() > answer->standing.watermark) return std::unexpected{Malformation::bad_bytes};
    return FoundReference{answer->standing, id};
}

}  // namespace daybook::schema
