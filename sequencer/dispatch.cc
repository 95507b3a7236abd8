// The part of the clerk that takes messages in and answers them.
#include <array>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "ledger/outcome.h"
#include "schema/message.h"
#include "sequencer/clerk.h"

namespace daybook::sequencer {

namespace {

// How many messages are taken in before the loop looks around again.
constexpr int kMessagesAtOnce = 256;
constexpr std::uint32_t kRetryAfterMs = 20;
constexpr std::uint32_t kRetryWhenDiskFullMs = 1000;
// Records whose keys the snapshot does not hold yet: about 2 GiB. So many only when it lags far
// behind, or has no room on its disk.
constexpr std::uint64_t kKeysBehindMax = std::uint64_t{1} << 25;

ProducerId producer_of(const schema::MessageHeader& asked) {
    return asked.producer == ProducerId{} ? kLoopbackProducer : asked.producer;
}

}  // namespace

Result<void> Clerk::take_in() {
    while (!waiting_.is_empty() && has_room_for(waiting_.front())) {
        auto handled = handle(waiting_.pop());
        if (handled) handled = advance(kWorthCommitting);
        if (!handled) return handled;
    }
    for (int i = 0; i < kMessagesAtOnce && !is_stopping_; ++i) {
        auto incoming = peers_.receive();
        if (!incoming) break;
        if (waiting_.is_empty() && has_room_for(*incoming)) {
            auto handled = handle(*incoming);
            if (handled) handled = advance(kWorthCommitting);
            if (!handled) return handled;
        } else if (!waiting_.push(*incoming)) {
            refuse(*incoming, code_of(Refusal::overloaded), kRetryAfterMs);
        }
    }
    return {};
}

bool Clerk::has_room_for(const Incoming& incoming) {
    if (answers_bytes_ > kAnswersBytesMax) return false;
    // What is due expires first, in blocks of its own.
    if (!is_block_open_) return !must_expire();
    if (core_.has_due(open_->stamp())) return false;
    return open_->payload_bytes() + Core::room_for(incoming.message.size()) <=
           options_.block_bytes_max;
}

Result<void> Clerk::handle(const Incoming& incoming) {
    const Bytes bytes{incoming.message.data<std::byte>(), incoming.message.size()};
    const auto submission = schema::SubmissionView::parse(bytes, book_);
    if (!submission) {
        refuse(incoming, code_of(submission.error()), 0);
        return {};
    }
    return handle_known(incoming, *submission);
}

Result<void> Clerk::handle_known(const Incoming& incoming,
                                 const schema::SubmissionView& submission) {
    using schema::MessageKind;
    const auto& asked = submission.header();
    if (asked.producer != ProducerId{} && !options_.trusts_gateways) {
        refuse(incoming, code_of(Malformation::producer), 0);
        return {};
    }
    if (asked.kind == MessageKind::transfers || asked.kind == MessageKind::commands) {
        if (is_disk_nearly_full()) {
            refuse(incoming, code_of(Refusal::disk_nearly_full), kRetryWhenDiskFullMs);
            return {};
        }
        if (options_.keeps_snapshot && core_.keys_behind() > kKeysBehindMax) {
            refuse(incoming, code_of(Refusal::overloaded), kRetryWhenDiskFullMs);
            return {};
        }
        return asked.has(schema::MessageFlag::dry_run) ? dry_run(incoming, submission)
                                                       : execute(incoming, submission);
    }
    if (asked.kind == MessageKind::outcomes) {
        receipts_.begin(asked, book_);
        auto looked_up = core_.look_up(submission, producer_of(asked), receipts_);
        if (looked_up) answer_receipts(incoming);
        return looked_up;
    }
    if (asked.kind == MessageKind::resolve) {
        answer_bytes(incoming, schema::encode_resolved(asked, book_, core_.head(),
                                                       core_.resolve(submission)));
        return {};
    }
    auto header = schema::answer_header(asked, MessageKind::book_info, book_);
    header.head = core_.head();
    std::array<std::byte, schema::kMessageHeaderBytes> message{};
    schema::encode_header(header, message);
    answer_bytes(incoming, message);
    return {};
}

Result<void> Clerk::execute(const Incoming& incoming, const schema::SubmissionView& submission) {
    if (!is_block_open_) open_block();
    const ProducerId producer = producer_of(submission.header());
    receipts_.begin(submission.header(), book_);
    std::size_t done = 0;
    for (;;) {
        // Some may have fallen due since room was found, and fill the block.
        if (!core_.has_due(open_->stamp())) {
            auto executed = core_.execute(submission, producer, *open_, receipts_, done);
            if (!executed) return executed;
            if (done == submission.count()) break;
        }
        // The block was full before the message ended: the rest goes into the next.
        auto opened = open_next_block();
        if (!opened) return opened;
    }
    if (open_->is_empty()) is_block_open_ = false;
    answer_receipts(incoming);
    return {};
}

Result<void> Clerk::dry_run(const Incoming& incoming, const schema::SubmissionView& submission) {
    // What is due has expired by then, as it would have for the command itself.
    if (!is_block_open_) open_block();
    receipts_.begin(submission.header(), book_);
    auto tried =
        core_.dry_run(submission, producer_of(submission.header()), open_->stamp(), receipts_);
    if (!tried) return tried;
    if (open_->is_empty()) is_block_open_ = false;
    answer_receipts(incoming);
    return {};
}

bool Clerk::is_disk_nearly_full() {
    const std::uint64_t free = committer_.free_bytes();
    const bool is_nearly_full = free < options_.disk_reserve_bytes;
    if (is_nearly_full != std::exchange(was_disk_nearly_full_, is_nearly_full)) {
        if (is_nearly_full) {
            spdlog::warn(
                "commands are refused: {} MiB are left for the journal, and --disk-reserve keeps "
                "{}; make room, and they are taken again",
                free >> 20, options_.disk_reserve_bytes >> 20);
        } else {
            spdlog::info("commands are taken again: {} MiB are left for the journal", free >> 20);
        }
    }
    return is_nearly_full;
}

void Clerk::refuse(const Incoming& incoming, std::uint16_t code, std::uint32_t retry_after_ms) {
    // Cites no state, so it need not wait. What can be read of the header tells whom it answers.
    const Bytes bytes{incoming.message.data<std::byte>(), incoming.message.size()};
    const auto asked = schema::decode_header(bytes).value_or(schema::MessageHeader{});
    const auto message = schema::encode_refusal(
        asked, book_, {code, retry_after_ms, std::string{remedy_of_code(code)}});
    peers_.answer(incoming.peer, zmq::message_t{message.data(), message.size()});
}

void Clerk::answer_receipts(const Incoming& incoming) {
    zmq::message_t message{receipts_.message_bytes()};
    receipts_.write(core_.head(), {message.data<std::byte>(), message.size()});
    queue_answer(incoming.peer, std::move(message));
}

void Clerk::answer_bytes(const Incoming& incoming, Bytes message) {
    queue_answer(incoming.peer, zmq::message_t{message.data(), message.size()});
}

void Clerk::queue_answer(PeerId peer, zmq::message_t message) {
    answers_bytes_ += message.size();
    answers_.push_back({peer, core_.head(), std::move(message)});
}

void Clerk::send_durable_answers() {
    while (!answers_.empty() && answers_.front().rests_on <= durable_) {
        answers_bytes_ -= answers_.front().message.size();
        peers_.answer(answers_.front().peer, std::move(answers_.front().message));
        answers_.pop_front();
    }
}

}  // namespace daybook::sequencer
