#include "sequencer/sequencer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <optional>
#include <sys/eventfd.h>
#include <unistd.h>

#include <spdlog/spdlog.h>
#include <zmq.hpp>

#include "base/check.h"
#include "journal/block.h"
#include "journal/reader.h"
#include "journal/writer.h"
#include "schema/message.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/committer.h"
#include "sequencer/core.h"
#include "sequencer/feed.h"
#include "sequencer/ingress.h"
#include "sequencer/recovery.h"
#include "sequencer/waiting.h"

namespace daybook::sequencer {

namespace {

using std::chrono::steady_clock;

// A block is sealed at the next chance once it holds this much; a message is never split.
constexpr std::size_t kBlockBytesMax = std::size_t{16} << 20;
// How many messages are taken in before the loop looks around again.
constexpr int kMessagesAtOnce = 256;
constexpr std::uint32_t kRetryAfterMs = 20;
constexpr auto kIdlePoll = std::chrono::milliseconds{200};

}  // namespace

class Sequencer::Loop {
public:
    Loop(RecordFinder finder, std::unique_ptr<Committer> committer, const Options& options,
         Clock& clock, const Id128& book)
        : options_{options},
          clock_{clock},
          book_{book},
          finder_{std::move(finder)},
          committer_{std::move(committer)} {}
    ~Loop() {
        if (stop_fd_ >= 0) close(stop_fd_);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    Loop(Loop&&) = delete;
    Loop& operator=(Loop&&) = delete;

    Result<void> recover(const std::shared_ptr<journal::Environment>& environment);
    Result<void> bind();
    Result<void> run();
    void stop();
    Seq head() const { return core_.head(); }

private:
    // An answer that rests on everything up to `rests_on` being durable.
    struct PendingAnswer {
        PeerId peer;
        Seq rests_on;
        zmq::message_t message;
    };

    void poll();
    Result<void> take_in();
    Result<void> handle(const Incoming& incoming);
    Result<void> handle_known(const Incoming& incoming, const schema::SubmissionView& submission);
    Result<void> execute(const Incoming& incoming, const schema::SubmissionView& submission);
    Result<void> finish_block();
    void start_commit();
    void open_block();
    bool has_room_for(const Incoming& incoming) const;
    bool is_disk_nearly_full();
    void refuse(const Incoming& incoming, std::uint16_t code, std::uint32_t retry_after_ms);
    void answer_receipts(const Incoming& incoming);
    void answer_bytes(const Incoming& incoming, Bytes message);
    void send_durable_answers();

    Options options_;
    Clock& clock_;
    Id128 book_;
    zmq::context_t context_{1};
    RecordFinder finder_;
    Core core_{finder_};
    std::unique_ptr<Committer> committer_;
    std::optional<Ingress> ingress_;
    std::optional<Feed> feed_;
    Waiting waiting_;
    std::deque<PendingAnswer> answers_;
    schema::ReceiptsBuilder receipts_;

    std::array<journal::BlockBuilder, 2> blocks_{journal::BlockBuilder{kBlockBytesMax},
                                                 journal::BlockBuilder{kBlockBytesMax}};
    journal::BlockBuilder* open_ = &blocks_[0];
    journal::BlockBuilder* in_flight_ = nullptr;
    bool is_block_open_ = false;
    Stamp last_stamp_;
    Seq durable_;
    steady_clock::time_point disk_measured_;
    int stop_fd_ = -1;
    bool is_stopping_ = false;
};

Result<void> Sequencer::Loop::recover(const std::shared_ptr<journal::Environment>& environment) {
    stop_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd_ < 0) return fail(ErrorCode::io_failed, "cannot make an event descriptor");
    auto snapshot = journal::Snapshot::open(environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto started = steady_clock::now();
    auto told = started;
    auto recovered = sequencer::recover(*snapshot, core_, [&](Seq done, Seq head) {
        if (steady_clock::now() - told < std::chrono::seconds{2}) return;
        told = steady_clock::now();
        const std::chrono::duration<double> elapsed = told - started;
        const double rate = static_cast<double>(done.value()) / elapsed.count();
        spdlog::info("replaying the journal: {} of {} records, {:.0f}/s, {:.0f} s to go",
                     done.value(), head.value(), rate,
                     static_cast<double>(head.value() - done.value()) / rate);
    });
    if (!recovered) return recovered;
    const std::chrono::duration<double> elapsed = steady_clock::now() - started;
    spdlog::info("replayed {} records in {:.2f} s: {} accounts, {} assets, {} keys",
                 core_.head().value(), elapsed.count(), core_.book().account_count(),
                 core_.book().asset_count(), core_.key_count());
    durable_ = core_.head();
    last_stamp_ = snapshot->head().stamp;
    finder_.set_blocks(open_, nullptr);
    return {};
}

Result<void> Sequencer::Loop::bind() {
    auto ingress = Ingress::open(context_, options_.listen);
    if (!ingress) return std::unexpected{ingress.error()};
    ingress_ = *std::move(ingress);
    if (options_.feed.empty()) return {};
    auto feed = Feed::open(context_, options_.feed, book_);
    if (!feed) return std::unexpected{feed.error()};
    feed_ = *std::move(feed);
    return {};
}

Result<void> Sequencer::Loop::run() {
    while (!is_stopping_ || committer_->is_busy() || is_block_open_) {
        poll();
        auto finished = finish_block();
        if (!finished) return finished;
        auto taken = take_in();
        if (!taken) return taken;
        if (!committer_->is_busy() && is_block_open_) start_commit();
        send_durable_answers();
    }
    spdlog::info("stopped at seq {}; {} answers could not be delivered, {} messages were not ours",
                 durable_.value(), ingress_->dropped_answers(), ingress_->dropped_messages());
    return {};
}

void Sequencer::Loop::stop() {
    const std::uint64_t one = 1;
    const auto written = write(stop_fd_, &one, sizeof one);
    CHECK_INVARIANT(written == sizeof one, "an event descriptor takes a count of one");
}

void Sequencer::Loop::poll() {
    std::array<zmq::pollitem_t, 3> items{{{nullptr, stop_fd_, ZMQ_POLLIN, 0},
                                          {nullptr, committer_->result_fd(), ZMQ_POLLIN, 0},
                                          {ingress_->handle(), 0, ZMQ_POLLIN, 0}}};
    const bool has_work = !committer_->is_busy() && (is_block_open_ || !waiting_.is_empty());
    const auto timeout =
        has_work || is_stopping_ ? std::chrono::milliseconds{has_work ? 0 : 10} : kIdlePoll;
    try {
        zmq::poll(items.data(), is_stopping_ ? 2 : items.size(), timeout);
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: the loop looks at everything anyway.
    }
    if ((items[0].revents & ZMQ_POLLIN) != 0) is_stopping_ = true;
}

Result<void> Sequencer::Loop::take_in() {
    while (!waiting_.is_empty() && has_room_for(waiting_.front())) {
        auto handled = handle(waiting_.pop());
        if (!handled) return handled;
    }
    for (int i = 0; i < kMessagesAtOnce && !is_stopping_; ++i) {
        auto incoming = ingress_->receive();
        if (!incoming) break;
        if (waiting_.is_empty() && has_room_for(*incoming)) {
            auto handled = handle(*incoming);
            if (!handled) return handled;
        } else if (!waiting_.push(*incoming)) {
            refuse(*incoming, code_of(Refusal::overloaded), kRetryAfterMs);
        }
    }
    return {};
}

bool Sequencer::Loop::has_room_for(const Incoming& incoming) const {
    if (!is_block_open_) return true;
    return open_->payload_bytes() + Core::worst_case_bytes(incoming.message.size()) <=
           kBlockBytesMax;
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
        return execute(incoming, submission);
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
    if (is_disk_nearly_full()) {
        refuse(incoming, code_of(Refusal::disk_nearly_full), 1000);
        return {};
    }
    if (!is_block_open_) open_block();
    receipts_.begin(submission.header(), book_);
    auto executed = core_.execute(submission, kLoopbackProducer, *open_, receipts_);
    if (!executed) return executed;
    if (open_->is_empty()) is_block_open_ = false;
    answer_receipts(incoming);
    return {};
}

void Sequencer::Loop::open_block() {
    last_stamp_ = std::max(last_stamp_, clock_.now());
    open_->begin(core_.next_seq(), last_stamp_);
    is_block_open_ = true;
}

void Sequencer::Loop::start_commit() {
    in_flight_ = open_;
    committer_->commit(*in_flight_);
    open_ = open_ == blocks_.data() ? &blocks_[1] : blocks_.data();
    is_block_open_ = false;
    open_->begin(core_.next_seq(), last_stamp_);
    finder_.set_blocks(open_, in_flight_);
}

Result<void> Sequencer::Loop::finish_block() {
    const auto result = committer_->take_result();
    if (!result) return {};
    if (!*result) return std::unexpected{result->error()};
    const journal::BlockInfo& info = **result;
    CHECK_INVARIANT(info.first_seq == durable_.next(), "blocks become durable in order");
    durable_ = info.last_seq();
    if (feed_) feed_->publish(info, *in_flight_);
    in_flight_ = nullptr;
    finder_.set_blocks(open_, nullptr);
    return finder_.refresh();
}

bool Sequencer::Loop::is_disk_nearly_full() {
    if (committer_->free_bytes() >= options_.disk_reserve_bytes) return false;
    // Nothing may be committed for long: look again, but not for every message.
    if (!committer_->is_busy() && steady_clock::now() - disk_measured_ > kIdlePoll) {
        disk_measured_ = steady_clock::now();
        return committer_->measure_free_bytes() < options_.disk_reserve_bytes;
    }
    return true;
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
    answers_.push_back({incoming.peer, core_.head(), std::move(message)});
}

void Sequencer::Loop::answer_bytes(const Incoming& incoming, Bytes message) {
    answers_.push_back(
        {incoming.peer, core_.head(), zmq::message_t{message.data(), message.size()}});
}

void Sequencer::Loop::send_durable_answers() {
    while (!answers_.empty() && answers_.front().rests_on <= durable_) {
        ingress_->answer(answers_.front().peer, std::move(answers_.front().message));
        answers_.pop_front();
    }
}

Sequencer::Sequencer(std::unique_ptr<Loop> loop) : loop_{std::move(loop)} {}
Sequencer::~Sequencer() = default;

Result<std::unique_ptr<Sequencer>> Sequencer::open(
    std::shared_ptr<journal::Environment> environment, const Options& options, Clock& clock) {
    auto writer = journal::Writer::open(environment);
    if (!writer) return std::unexpected{writer.error()};
    auto committer = Committer::start(*std::move(writer));
    if (!committer) return std::unexpected{committer.error()};
    auto finder = RecordFinder::open(environment);
    if (!finder) return std::unexpected{finder.error()};
    auto loop = std::make_unique<Loop>(*std::move(finder), *std::move(committer), options, clock,
                                       environment->book());
    const auto recovered = loop->recover(environment);
    if (!recovered) return std::unexpected{recovered.error()};
    const auto bound = loop->bind();
    if (!bound) return std::unexpected{bound.error()};
    return std::unique_ptr<Sequencer>{new Sequencer{std::move(loop)}};
}

Result<void> Sequencer::run() {
    return loop_->run();
}
void Sequencer::stop() {
    loop_->stop();
}
Seq Sequencer::head() const {
    return loop_->head();
}

}  // namespace daybook::sequencer
