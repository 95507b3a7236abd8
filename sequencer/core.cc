#include "sequencer/core.h"

#include <algorithm>

#include "base/check.h"

namespace daybook::sequencer {

namespace {

constexpr std::size_t kWorstTransfer =
    schema::kRecordHeaderBytes + schema::kTransferBytes + 2 * schema::kTouchBytes;
// A posting is 32 bytes in a command and one touch in its record.
constexpr std::size_t kPostingBytes = 32;
// How many transfers ahead the memory is fetched: far enough to hide a miss, near enough to stay
// cached.
constexpr std::size_t kLookAhead = 8;

std::unexpected<Error> does_not_follow(const schema::RecordView& record, const char* what) {
    return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                        " does not follow from the records before it: " + what +
                                        "; run `daybook verify`, or restore a backup");
}

}  // namespace

std::size_t Core::worst_case_bytes(std::size_t message_bytes) {
    const std::size_t transfers = message_bytes / schema::kTransferBytes + 1;
    const std::size_t postings = message_bytes / kPostingBytes + 1;
    // Four times: codes that the message states once and the record once a posting.
    return std::max(transfers * kWorstTransfer, 4 * message_bytes + postings * schema::kTouchBytes);
}

Result<void> Core::execute(const schema::SubmissionView& submission, ProducerId producer,
                           journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts) {
    CHECK_INVARIANT(block.next_seq() == next_seq(), "the block is open at the next Seq");
    return submission.header().kind == schema::MessageKind::transfers
               ? execute_transfers(submission, producer, block, receipts)
               : execute_commands(submission, producer, block, receipts);
}

Result<void> Core::execute_transfers(const schema::SubmissionView& submission, ProducerId producer,
                                     journal::BlockBuilder& block,
                                     schema::ReceiptsBuilder& receipts) {
    Transfer transfer;
    for (std::size_t i = 0; i < submission.count(); ++i) {
        if (i + kLookAhead < submission.count())
            prefetch(submission.transfer(i + kLookAhead), producer);
        const auto bytes = submission.transfer(i);
        const auto wrong = schema::decode_transfer(bytes, transfer);
        if (wrong != Malformation::none) [[unlikely]] {
            receipts.add_malformed(wrong);
            continue;
        }
        const Stated stated{CommandKind::transfer, transfer.key, bytes};
        if (const auto prior = keys_.bind(transfer.key, producer, next_seq())) [[unlikely]] {
            const auto repeated = repeat(stated, *prior, receipts);
            if (!repeated) return repeated;
            continue;
        }
        decide(book_, Facts{}, transfer, decision_);
        if (decision_.kind == Decision::Kind::accepted) apply_touches(book_, next_seq(), decision_);
        record(stated, producer, block, receipts);
    }
    return {};
}

void Core::prefetch(std::span<const std::byte, schema::kTransferBytes> bytes,
                    ProducerId producer) const {
    const auto next = schema::peek_transfer(bytes);
    keys_.prefetch(next.key, producer);
    book_.prefetch(next.debit);
    book_.prefetch(next.credit);
}

Result<void> Core::execute_commands(const schema::SubmissionView& submission, ProducerId producer,
                                    journal::BlockBuilder& block,
                                    schema::ReceiptsBuilder& receipts) {
    auto frames = submission.frames();
    while (!frames.is_at_end()) {
        const auto frame = frames.next();
        CHECK_INVARIANT(frame.has_value(), "frames were checked with the message");
        const auto command = schema::decode_table_command(*frame);
        if (!command) {
            receipts.add_malformed(command.error());
            continue;
        }
        const Stated stated{kind_of(*command), key_of(*command), encoder_.encode(*command)};
        // Parts that the message shared are written out one by one in the canonical form.
        if (stated.bytes.size() > schema::kCommandBytesMax) {
            receipts.add_malformed(Malformation::too_large);
            continue;
        }
        if (const auto prior = keys_.bind(stated.key, producer, next_seq())) {
            const auto repeated = repeat(stated, *prior, receipts);
            if (!repeated) return repeated;
            continue;
        }
        decide(book_, Facts{}, *command, decision_);
        if (decision_.kind == Decision::Kind::accepted)
            apply(book_, next_seq(), *command, decision_);
        record(stated, producer, block, receipts);
    }
    return {};
}

Result<void> Core::repeat(const Stated& stated, Seq prior, schema::ReceiptsBuilder& receipts) {
    const auto found = finder_.find(prior);
    if (!found) return std::unexpected{found.error()};
    const auto& [record, stamp] = *found;
    const bool is_same =
        record.kind() == stated.kind && std::ranges::equal(record.command_bytes(), stated.bytes);
    const bool is_void =
        record.kind() == CommandKind::void_key || stated.kind == CommandKind::void_key;
    // The ladder's first rung needs neither the book nor the rest of the command.
    const Facts facts{Facts::Prior{prior, is_same, is_void}};
    decide(book_, facts, VoidKey{stated.key}, decision_);
    if (decision_.kind == Decision::Kind::replayed) {
        receipts.add_replayed(record, stamp);
    } else {
        receipts.add_refused(Refusal::idempotency_key_reused);
    }
    return {};
}

void Core::record(const Stated& stated, ProducerId producer, journal::BlockBuilder& block,
                  schema::ReceiptsBuilder& receipts) {
    const Seq seq = next_seq();
    CHECK_INVARIANT(seq <= kSeqMax, "Seqs fit 48 bits");
    const auto room = block.append(schema::record_bytes(stated.bytes.size(), decision_));
    schema::encode_record(room, seq, producer, stated.kind, stated.bytes, decision_);
    receipts.add_decided(seq, block.stamp(), decision_);
    head_ = seq;
}

Result<void> Core::look_up(const schema::SubmissionView& submission, ProducerId producer,
                           schema::ReceiptsBuilder& receipts) {
    for (std::size_t i = 0; i < submission.count(); ++i) {
        const auto seq = keys_.find(submission.key(i), producer);
        if (!seq) {
            receipts.add_not_seen(head_);
            continue;
        }
        const auto found = finder_.find(*seq);
        if (!found) return std::unexpected{found.error()};
        receipts.add_outcome(found->record, found->stamp);
    }
    return {};
}

std::vector<schema::ResolvedAccount> Core::resolve(const schema::SubmissionView& submission) const {
    std::vector<schema::ResolvedAccount> accounts;
    accounts.reserve(submission.count());
    for (auto frames = submission.frames(); !frames.is_at_end();) {
        const auto frame = frames.next();
        CHECK_INVARIANT(frame.has_value(), "frames were checked with the message");
        const auto number = book_.find_account(
            std::string_view{reinterpret_cast<const char*>(frame->data()), frame->size()});
        if (!number) {
            accounts.emplace_back();
            continue;
        }
        const Account& account = *book_.find(*number);
        const Asset& asset = book_.asset(account.asset);
        accounts.push_back(
            {*number, account.asset, asset.code, asset.scale, account.type, account.state});
    }
    return accounts;
}

Result<void> Core::restore(const schema::RecordView& record) {
    if (record.seq() != next_seq()) return does_not_follow(record, "its Seq is out of order");
    if (keys_.bind(record.key(), record.producer(), record.seq())) {
        return does_not_follow(record, "its key is bound already");
    }
    if (record.verdict() == Verdict::accepted) {
        const auto restored = restore_effects(record);
        if (!restored) return restored;
    }
    head_ = record.seq();
    return {};
}

Result<void> Core::restore_effects(const schema::RecordView& record) {
    if (record.kind() == CommandKind::define_asset || record.kind() == CommandKind::open_account) {
        const auto command = record.command();
        if (!command) return std::unexpected{command.error()};
        decide(book_, Facts{}, *command, decision_);
        if (decision_.kind != Decision::Kind::accepted || decision_.subject != record.subject()) {
            return does_not_follow(record, "the number it gave is not the next one");
        }
        apply(book_, record.seq(), *command, decision_);
        return {};
    }
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch touch = record.touch(i);
        const Account* account = book_.find(touch.account);
        if (account == nullptr || account->version + 1 != touch.version) {
            return does_not_follow(record, "an account's version has a gap");
        }
        const TouchPointer place{record.seq(), static_cast<std::uint16_t>(i)};
        if (book_.install(touch, place) != touch.links) {
            return does_not_follow(record, "a back pointer is wrong");
        }
    }
    return {};
}

}  // namespace daybook::sequencer
