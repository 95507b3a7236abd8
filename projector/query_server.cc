#include "projector/query_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/check.h"
#include "projector/parked.h"
#include "projector/query_answers.h"
#include "projector/query_socket.h"
#include "schema/receipts.h"

namespace daybook::projector {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How many queries are answered before the loop looks around again.
constexpr int kQueriesAtOnce = 64;
// While something is parked, the projection is looked at so often.
constexpr milliseconds kParkedPoll{1};
// After so long without a query the cut is let go of.
constexpr milliseconds kRestAfter{100};
constexpr milliseconds kIdlePoll{1000};
constexpr std::uint32_t kRetryAfterMs = 100;

}  // namespace

class QueryServer::Impl {
public:
    Impl(Cut cut, int stop_fd) : cut_{std::move(cut)}, stop_fd_{stop_fd} {}
    ~Impl() { close(stop_fd_); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    Result<void> open(const std::string& endpoint);
    Result<void> run();
    void stop() const;

private:
    void poll();
    Result<bool> take_in();
    Result<void> handle(const IncomingQuery& incoming);
    Result<void> look_at_parked();
    // Answers, or refuses for want of what it asks for; false while it may still come.
    Result<bool> settle(PeerId peer, const schema::AskedQuery& asked, bool is_late);
    void refuse(PeerId peer, const schema::MessageHeader& asked, std::uint16_t code,
                std::uint32_t retry_after_ms);

    zmq::context_t context_{1};
    std::optional<QuerySocket> socket_;
    Cut cut_;
    Parked parked_;
    int stop_fd_;
    bool is_stopping_ = false;
};

Result<void> QueryServer::Impl::open(const std::string& endpoint) {
    auto socket = QuerySocket::open(context_, endpoint);
    if (!socket) return std::unexpected{socket.error()};
    socket_.emplace(*std::move(socket));
    return {};
}

void QueryServer::Impl::stop() const {
    const std::uint64_t one = 1;
    const auto written = write(stop_fd_, &one, sizeof one);
    CHECK_INVARIANT(written == sizeof one, "an event descriptor takes a count of one");
}

Result<void> QueryServer::Impl::run() {
    while (!is_stopping_) {
        poll();
        const auto taken = take_in();
        if (!taken) return std::unexpected{taken.error()};
        if (auto looked = look_at_parked(); !looked) return looked;
        // Also while peers send nothing but what is refused unread.
        cut_.release_after(kRestAfter);
    }
    if (socket_->dropped_answers() + socket_->dropped_messages() > 0) {
        spdlog::info("queries: {} answers could not be delivered, {} messages were not ours",
                     socket_->dropped_answers(), socket_->dropped_messages());
    }
    return {};
}

void QueryServer::Impl::poll() {
    std::array<zmq::pollitem_t, 2> items{
        {{nullptr, stop_fd_, ZMQ_POLLIN, 0}, {socket_->handle(), 0, ZMQ_POLLIN, 0}}};
    const auto rest = cut_.is_held() ? kRestAfter : kIdlePoll;
    try {
        zmq::poll(items.data(), items.size(), parked_.is_empty() ? rest : kParkedPoll);
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: the loop looks at everything anyway.
    }
    if ((items[0].revents & ZMQ_POLLIN) != 0) is_stopping_ = true;
}

Result<bool> QueryServer::Impl::take_in() {
    for (int i = 0; i < kQueriesAtOnce; ++i) {
        const auto incoming = socket_->receive();
        if (!incoming) return false;
        if (auto handled = handle(*incoming); !handled) return std::unexpected{handled.error()};
    }
    return true;
}

Result<void> QueryServer::Impl::handle(const IncomingQuery& incoming) {
    auto asked = schema::decode_query(incoming.bytes(), cut_.book());
    if (!asked) {
        // What can be read of the header tells whom it answers.
        const auto header = schema::decode_header(incoming.bytes());
        refuse(incoming.peer, header.value_or(schema::MessageHeader{}), code_of(asked.error()), 0);
        return {};
    }
    const bool may_wait = asked->query.wait_ms > 0;
    const auto settled = settle(incoming.peer, *asked, !may_wait);
    if (!settled) return std::unexpected{settled.error()};
    if (*settled) return {};
    const milliseconds wait{std::min(asked->query.wait_ms, schema::kWaitMsMax)};
    const auto header = asked->header;
    if (!parked_.add({incoming.peer, *std::move(asked), steady_clock::now() + wait})) {
        refuse(incoming.peer, header, code_of(Refusal::overloaded), kRetryAfterMs);
    }
    return {};
}

Result<bool> QueryServer::Impl::settle(PeerId peer, const schema::AskedQuery& asked, bool is_late) {
    if (auto renewed = cut_.renew(); !renewed) {
        if (renewed.error().code != ErrorCode::try_again) return std::unexpected{renewed.error()};
        // The projection is being rebuilt, or all readers' slots are taken.
        refuse(peer, asked.header, code_of(Refusal::overloaded), kRetryAfterMs);
        return true;
    }
    const Seq reached = cut_.reached(asked.query.kind);
    const Seq needed = schema::seq_needed(asked.query, cut_.snapshot().head_seq());
    if (reached < needed) {
        if (is_late) {
            socket_->answer(peer,
                            schema::encode_not_reached(asked.header, cut_.book(), needed, reached));
        }
        return is_late;
    }
    const auto message = answer(asked, cut_);
    if (!message) return std::unexpected{message.error()};
    socket_->answer(peer, *message);
    return true;
}

Result<void> QueryServer::Impl::look_at_parked() {
    Result<void> problem;
    const auto now = steady_clock::now();
    parked_.remove_if([&](const ParkedQuery& query) {
        if (!problem) return false;
        const auto settled = settle(query.peer, query.asked, now >= query.until);
        if (!settled) problem = std::unexpected{settled.error()};
        return settled && *settled;
    });
    return problem;
}

void QueryServer::Impl::refuse(PeerId peer, const schema::MessageHeader& asked, std::uint16_t code,
                               std::uint32_t retry_after_ms) {
    socket_->answer(
        peer, schema::encode_refusal(asked, cut_.book(),
                                     {code, retry_after_ms, std::string{remedy_of_code(code)}}));
}

QueryServer::QueryServer(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
QueryServer::~QueryServer() = default;

Result<std::unique_ptr<QueryServer>> QueryServer::open(
    std::shared_ptr<journal::Environment> journal, const std::filesystem::path& directory,
    const QueryOptions& options) {
    auto cut = Cut::open(std::move(journal), directory);
    if (!cut) return std::unexpected{cut.error()};
    const int stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0) return fail(ErrorCode::io_failed, "cannot make an event descriptor");
    auto impl = std::make_unique<Impl>(*std::move(cut), stop_fd);
    if (auto opened = impl->open(options.listen); !opened) return std::unexpected{opened.error()};
    return std::unique_ptr<QueryServer>{new QueryServer{std::move(impl)}};
}

Result<void> QueryServer::run() {
    return impl_->run();
}
void QueryServer::stop() {
    impl_->stop();
}

}  // namespace daybook::projector
