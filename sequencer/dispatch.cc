// The part of the loop that takes messages in and answers them.
#include <array>
#include <string>
#include <utility>

#include "ledger/outcome.h"
#include "schema/message.h"
#include "sequencer/loop.h"

namespace daybook::sequencer {

using std::chrono::steady_clock;

namespace {

// How many messages are taken in before the loop looks around again.
constexpr int kMessagesAtOnce = 256;
constexpr std::uint32_t kRetryAfterMs = 20;
constexpr std::uint32_t kRetryWhenDiskFullMs = 1000;
// About 2 GiB; so many only when the snapshot lags far behind, or has no room on its disk.
constexpr std::size_t kKeysInMemoryMax = std::size_t{1} << 25;

}  // namespace

Result<void> Sequencer::Loop::take_in() {
    while (!waiting_.is_empty() && has_room_for(waiting_.front())) {
        auto handled = handle(waiting_.pop());
        if (handled) handled = advance(kWorthCommitting);
        if (!handled) return handled;
    }
    for (int i = 0; i < kMessagesAtOnce && !is_stopping_; ++i) {
        auto incoming = ingress_->receive();
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

bool Sequencer::Loop::has_room_for(const Incoming& incoming) {
    if (answers_bytes_ > kAnswersBytesMax) return false;
    // What is due expires first, in blocks of its own.
    if (!is_block_open_) return !must_expire();
    if (core_.has_due(open_->stamp())) return false;
    return open_->payload_bytes() + Core::room_for(incoming.message.size()) <= kBlockBytesMax;
}

Result<void> Sequencer::Loop::handle(const Incoming& incoming) {
    const Bytes bytes{incoming.message.data<std::byte>(), incoming.message.size()};
    const auto submission = schema::SubmissionView::parse(bytes, book_);
    if (!submission) {
        refuse(incoming, code_of(submission.error()), 0);
        return {};
    }
    return handle_known(incoming, *submission);
}

Result<void> Sequencer::Loop::handle_known(const Incoming& incoming,
                                           const schema::SubmissionView& submission) {
    using schema::MessageKind;
    const auto& asked = submission.header();
    if (asked.kind == MessageKind::transfers || asked.kind == MessageKind::commands) {
        if (is_disk_nearly_full()) {
            refuse(incoming, code_of(Refusal::disk_nearly_full), kRetryWhenDiskFullMs);
            return {};
        }
        if (core_.keys_in_memory() > kKeysInMemoryMax && keeper_) {
            refuse(incoming, code_of(Refusal::overloaded), kRetryWhenDiskFullMs);
            return {};
        }
        return asked.has(schema::MessageFlag::dry_run) ? dry_run(incoming, submission)
                                                       : execute(incoming, submission);
    }
    if (asked.kind == MessageKind::outcomes) {
        receipts_.begin(asked, book_);
        auto looked_up = core_.look_up(submission, kLoopbackProducer, receipts_);
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

Result<void> Sequencer::Loop::execute(const Incoming& incoming,
                                      const schema::SubmissionView& submission) {
    if (!is_block_open_) open_block();
    receipts_.begin(submission.header(), book_);
    std::size_t done = 0;
    for (;;) {
        // Some may have fallen due since room was found, and fill the block.
        if (!core_.has_due(open_->stamp())) {
            auto executed = core_.execute(submission, kLoopbackProducer, *open_, receipts_, done);
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

Result<void> Sequencer::Loop::dry_run(const Incoming& incoming,
                                      const schema::SubmissionView& submission) {
    // What is due has expired by then, as it would have for the command itself.
    if (!is_block_open_) open_block();
    receipts_.begin(submission.header(), book_);
    auto tried = core_.dry_run(submission, kLoopbackProducer, open_->stamp(), receipts_);
    if (!tried) return tried;
    if (open_->is_empty()) is_block_open_ = false;
    answer_receipts(incoming);
    return {};
}

bool Sequencer::Loop::is_disk_nearly_full() {
    // The committer measures after each block; when it rests, others may have filled the disk.
    if (!committer_->is_busy() && steady_clock::now() - disk_measured_ > kIdlePoll) {
        disk_measured_ = steady_clock::now();
        committer_->measure_free_bytes();
    }
    return committer_->free_bytes() < options_.disk_reserve_bytes;
}

void Sequencer::Loop::refuse(const Incoming& incoming, std::uint16_t code,
                             std::uint32_t retry_after_ms) {
    // Cites no state, so it need not wait. What can be read of the header tells whom it answers.
    const Bytes bytes{incoming.message.data<std::byte>(), incoming.message.size()};
    const auto asked = schema::decode_header(bytes).value_or(schema::MessageHeader{});
    const auto message = schema::encode_refusal(
        asked, book_, {code, retry_after_ms, std::string{remedy_of_code(code)}});
    ingress_->answer(incoming.peer, zmq::message_t{message.data(), message.size()});
}

void Sequencer::Loop::answer_receipts(const Incoming& incoming) {
    zmq::message_t message{receipts_.message_bytes()};
    receipts_.write(core_.head(), {message.data<std::byte>(), message.size()});
    queue_answer(incoming.peer, std::move(message));
}

void Sequencer::Loop::answer_bytes(const Incoming& incoming, Bytes message) {
    queue_answer(incoming.peer, zmq::message_t{message.data(), message.size()});
}

void Sequencer::Loop::queue_answer(PeerId peer, zmq::message_t message) {
    answers_bytes_ += message.size();
    answers_.push_back({peer, core_.head(), std::move(message)});
}

void Sequencer::Loop::send_durable_answers() {
    while (!answers_.empty() && answers_.front().rests_on <= durable_) {
        answers_bytes_ -= answers_.front().message.size();
        ingress_->answer(answers_.front().peer, std::move(answers_.front().message));
        answers_.pop_front();
    }
}

}  // namespace daybook::sequencer
