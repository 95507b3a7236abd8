#include "sequencer/core.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/form.h"

namespace daybook::sequencer {

namespace {

constexpr std::size_t kWorstTransfer = schema::kRecordHeaderBytes + schema::kTransferBytes +
                                       2 * schema::kTouchBytes + schema::kRemarkBytes;
// An atomic with as many touches as there may be, each of its own reversed posting.
constexpr std::size_t kWorstCommand = schema::kRecordHeaderBytes + schema::kAtomicBytesMax +
                                      kTouchesMax * (schema::kTouchBytes + schema::kRemarkBytes) +
                                      kMembersMax * schema::kRemarkBytes;
constexpr std::size_t kWorstExpiry = 512;

// How many transfers ahead the memory is fetched: far enough to hide a miss, near enough to stay
// cached.
constexpr std::size_t kLookAhead = 16;

}  // namespace

std::size_t Core::room_for(std::size_t message_bytes) {
    const std::size_t transfers = message_bytes / schema::kTransferBytes + 1;
    return std::max(transfers * kWorstTransfer, kWorstCommand);
}

void Core::expire_due(journal::BlockBuilder& block) {
    while (const auto due = book_.holds().due_at(block.stamp())) {
        if (block.payload_bytes() + kWorstExpiry > block_bytes_max_) return;
        const Command expiry = ExpireHold{*due};
        decide(book_, Facts{}, expiry, Turn{next_seq(), block.stamp()}, decision_);
        CHECK_INVARIANT(decision_.is_accepted(), "what is due expires");
        apply(book_, next_seq(), decision_);
        record({CommandKind::expire_hold, key_of(expiry), encoder_.encode(expiry)}, kSystemProducer,
               block);
    }
}

Result<void> Core::execute(const schema::SubmissionView& submission, ProducerId producer,
                           journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts,
                           std::size_t& done) {
    CHECK_INVARIANT(block.next_seq() == next_seq(), "the block is open at the next Seq");
    CHECK_INVARIANT(!has_due(block.stamp()), "what is due expires before any command");
    if (done == 0) facts_.begin_message();
    return submission.header().kind == schema::MessageKind::transfers
               ? execute_transfers(submission, producer, block, receipts, done)
               : execute_commands(submission, producer, block, receipts, done);
}

Result<void> Core::execute_transfers(const schema::SubmissionView& submission, ProducerId producer,
                                     journal::BlockBuilder& block,
                                     schema::ReceiptsBuilder& receipts, std::size_t& done) {
    Transfer transfer;
    for (; done < submission.count(); ++done) {
        if (done + kLookAhead < submission.count()) {
            prefetch(submission.transfer(done + kLookAhead), producer);
        }
        const auto bytes = submission.transfer(done);
        const auto wrong = schema::decode_transfer(bytes, transfer);
        if (wrong != Malformation::none) [[unlikely]] {
            receipts.add_malformed(wrong);
            continue;
        }
        const Stated stated{CommandKind::transfer, transfer.key, bytes};
        const auto prior = bind_key(transfer.key, producer);
        if (!prior) [[unlikely]]
            return std::unexpected{prior.error()};
        if (*prior) [[unlikely]] {
            const auto repeated = repeat(stated, **prior, receipts);
            if (!repeated) return repeated;
            continue;
        }
        const Seq seq = next_seq();
        decide(book_, transfer, Turn{seq, block.stamp()}, decision_);
        if (decision_.is_accepted()) apply_touches(book_, seq, decision_);
        record(stated, producer, block);
        receipts.add_decided(seq, block.stamp(), decision_);
    }
    return {};
}

void Core::prefetch(std::span<const std::byte, schema::kTransferBytes> bytes,
                    ProducerId producer) const {
    const auto next = schema::peek_transfer(bytes);
    keys_.prefetch(keys_.hash()(next.key, producer), next.key);
    book_.prefetch(next.debit);
    book_.prefetch(next.credit);
}

Result<std::optional<Seq>> Core::bind_key(const Id128& key, ProducerId producer) {
    const auto hashed = keys_.hash()(key, producer);
    if (keys_.may_be_older(hashed, key)) [[unlikely]] {
        const auto older = facts_.find_older(hashed, key, producer);
        if (!older || *older) return older;
    }
    return keys_.bind(hashed, key, producer, next_seq());
}

Result<std::optional<Seq>> Core::find_key(const Id128& key, ProducerId producer) {
    const auto hashed = keys_.hash()(key, producer);
    if (keys_.may_be_older(hashed, key)) {
        const auto older = facts_.find_older(hashed, key, producer);
        if (!older || *older) return older;
    }
    return keys_.find(hashed, key, producer);
}

std::optional<Command> Core::read_frame(Bytes frame, Bytes& canonical,
                                        schema::ReceiptsBuilder& receipts) {
    auto command = schema::decode_table_command(frame);
    auto wrong = command ? Malformation::none : command.error();
    if (command) {
        canonical = encoder_.encode(*command);
        // Parts that the message shared are written out one by one in the canonical form.
        if (!encoder_.fits()) wrong = Malformation::too_large;
        // The ledger's own command; nobody may ask for it.
        if (std::holds_alternative<ExpireHold>(*command)) wrong = Malformation::unknown_kind;
    }
    if (wrong == Malformation::none) return *std::move(command);
    receipts.add_malformed(wrong);
    return std::nullopt;
}

Result<void> Core::execute_commands(const schema::SubmissionView& submission, ProducerId producer,
                                    journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts,
                                    std::size_t& done) {
    auto frames = submission.frames();
    for (std::size_t i = 0; !frames.is_at_end(); ++i) {
        const auto frame = frames.next();
        CHECK_INVARIANT(frame.has_value(), "frames were checked with the message");
        if (i < done) continue;
        if (!block.is_empty() && block.payload_bytes() + kWorstCommand > block_bytes_max_)
            return {};
        ++done;
        Bytes canonical;
        const auto command = read_frame(*frame, canonical, receipts);
        if (!command) continue;
        const auto executed = execute_command(*command, canonical, producer, block, receipts);
        if (!executed) return executed;
    }
    return {};
}

Result<void> Core::execute_command(const Command& command, Bytes canonical, ProducerId producer,
                                   journal::BlockBuilder& block,
                                   schema::ReceiptsBuilder& receipts) {
    const Seq seq = next_seq();
    const Stated stated{kind_of(command), key_of(command), canonical};
    if (!facts_.may_go_on(command)) {
        receipts.add_refused(Refusal::overloaded);
        return {};
    }
    const auto prior = bind_key(stated.key, producer);
    if (!prior) return std::unexpected{prior.error()};
    if (*prior) return repeat(stated, **prior, receipts);
    const auto facts = facts_.look_up(command, head_);
    if (!facts) return std::unexpected{facts.error()};
    decide(book_, *facts, command, Turn{seq, block.stamp()}, decision_);
    if (decision_.is_accepted()) {
        apply(book_, seq, decision_);
        facts_.note_accepted(command, seq);
    }
    record(stated, producer, block);
    receipts.add_decided(seq, block.stamp(), decision_);
    return {};
}

Result<void> Core::dry_run(const schema::SubmissionView& submission, ProducerId producer,
                           Stamp stamp, schema::ReceiptsBuilder& receipts) {
    facts_.begin_message();
    if (submission.header().kind == schema::MessageKind::transfers) {
        for (std::size_t i = 0; i < submission.count(); ++i) {
            Transfer transfer;
            const auto bytes = submission.transfer(i);
            const auto wrong = schema::decode_transfer(bytes, transfer);
            if (wrong != Malformation::none) {
                receipts.add_malformed(wrong);
                continue;
            }
            const auto tried = try_out(transfer, {CommandKind::transfer, transfer.key, bytes},
                                       producer, stamp, receipts);
            if (!tried) return tried;
        }
        return {};
    }
    for (auto frames = submission.frames(); !frames.is_at_end();) {
        const auto frame = frames.next();
        CHECK_INVARIANT(frame.has_value(), "frames were checked with the message");
        Bytes canonical;
        const auto command = read_frame(*frame, canonical, receipts);
        if (!command) continue;
        const auto tried = try_out(*command, {kind_of(*command), key_of(*command), canonical},
                                   producer, stamp, receipts);
        if (!tried) return tried;
    }
    return {};
}

Result<void> Core::try_out(const Command& command, const Stated& stated, ProducerId producer,
                           Stamp stamp, schema::ReceiptsBuilder& receipts) {
    if (!facts_.may_go_on(command)) {
        receipts.add_refused(Refusal::overloaded);
        return {};
    }
    const auto prior = find_key(stated.key, producer);
    if (!prior) return std::unexpected{prior.error()};
    if (*prior) return repeat(stated, **prior, receipts);
    const auto facts = facts_.look_up(command, head_);
    if (!facts) return std::unexpected{facts.error()};
    decide(book_, *facts, command, Turn{next_seq(), stamp}, decision_);
    receipts.add_dry_run(head_, stamp, decision_);
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
    decide(book_, facts, VoidKey{stated.key}, Turn{next_seq(), stamp}, decision_);
    if (decision_.kind == Decision::Kind::replayed) {
        receipts.add_replayed(record, stamp);
    } else {
        receipts.add_refused(Refusal::idempotency_key_reused);
    }
    return {};
}

void Core::record(const Stated& stated, ProducerId producer, journal::BlockBuilder& block) {
    const Seq seq = next_seq();
    CHECK_INVARIANT(seq <= kSeqMax, "Seqs fit 48 bits");
    const auto room = block.append(schema::record_bytes(stated.bytes.size(), decision_));
    schema::encode_record(room, seq, producer, stated.kind, stated.bytes, decision_);
    head_ = seq;
}

Result<void> Core::look_up(const schema::SubmissionView& submission, ProducerId producer,
                           schema::ReceiptsBuilder& receipts) {
    for (std::size_t i = 0; i < submission.count(); ++i) {
        const auto seq = find_key(submission.key(i), producer);
        if (!seq) return std::unexpected{seq.error()};
        if (!*seq) {
            receipts.add_not_seen(head_);
            continue;
        }
        const auto found = finder_.find(**seq);
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

}  // namespace daybook::sequencer
