#include "http/follower.h"

#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "gateway/feed_socket.h"

namespace daybook::http {

using std::chrono::milliseconds;

namespace {
constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
constexpr milliseconds kNameWait{2000};
constexpr milliseconds kLookAgain{4};
constexpr milliseconds kLook{500};  // how long the first record of a chunk is waited for
}  // namespace

void add_event(std::string& bytes, std::string_view kind, Seq id, std::string_view data) {
    fmt::format_to(std::back_inserter(bytes), "event: {}\nid: {}\ndata: {}\n\n", kind, id.value(),
                   data);
}

Follower::Follower(Service& service, const StreamWanted& wanted)
    : service_{service}, wanted_{wanted}, thread_{[this] { run(); }} {}

Follower::~Follower() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

asio::awaitable<Follower::Chunk> Follower::next() {
    auto waiting = std::make_shared<Waiting<Chunk>>(service_.waits);
    {
        const std::lock_guard lock{mutex_};
        asked_ = waiting;
    }
    changed_.notify_all();
    // A chunk that came later would be lost: then the stream has to end.
    constexpr std::chrono::seconds kPatience{30};
    auto chunk =
        co_await Waiting<Chunk>::wait(waiting, std::chrono::steady_clock::now() + kPatience);
    if (!chunk) co_return std::nullopt;
    co_return *std::move(chunk);
}

std::shared_ptr<Waiting<Follower::Chunk>> Follower::wait_for_ask() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_stopping_ || asked_; });
    return is_stopping_ ? nullptr : std::exchange(asked_, nullptr);
}

std::unique_ptr<gateway::Subscription> Follower::subscribe() {
    gateway::QueryClientOptions options;
    options.endpoint = service_.options.queries;
    options.give_up_after = milliseconds{2000};
    auto client = gateway::QueryClient::connect(options);
    auto source = gateway::open_query_source(options);
    if (!client || !source) return nullptr;
    client_ = *std::move(client);
    renderer_.emplace(service_.names, client_->book());
    gateway::SubscriptionOptions chosen;
    chosen.account_path = wanted_.account_path;
    if (wanted_.from) {
        chosen.from = *wanted_.from;
    } else {
        const auto status = client_->status();
        if (!status) return nullptr;
        chosen.from = status->standing.head.next();
    }
    std::unique_ptr<gateway::LiveFeed> feed;
    if (!service_.options.feed.empty()) {
        if (auto opened = gateway::FeedSocket::open(service_.options.feed)) {
            feed = *std::move(opened);
        }
    }
    return std::make_unique<gateway::Subscription>(*std::move(source), std::move(feed), chosen);
}

// The feed may be ahead of the projection, which knows the names.
bool Follower::learn(const std::vector<Bytes>& records) {
    const auto until = std::chrono::steady_clock::now() + kNameWait;
    for (;;) {
        const auto learned = renderer_->learn(*client_, records);
        if (learned) return true;
        const bool may_come = learned.error().code == ErrorCode::try_again;
        if (!may_come || std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(kLookAgain);
    }
}

Follower::Chunk Follower::read(gateway::Subscription& subscription) {
    std::string bytes;
    while (bytes.size() < kChunkBytes) {
        const auto delivered = subscription.next(bytes.empty() ? kLook : milliseconds{0});
        if (!delivered) return std::nullopt;
        if (!*delivered) break;
        const std::vector<Bytes> one{(*delivered)->bytes};
        if (!learn(one)) return std::nullopt;
        const auto text = renderer_->render((*delivered)->block, (*delivered)->bytes);
        if (!text) return std::nullopt;
        add_event(bytes, "record", (*delivered)->seq, *text);
    }
    return bytes;
}

void Follower::run() {
    std::unique_ptr<gateway::Subscription> subscription;
    try {
        subscription = subscribe();
    } catch (const std::exception& error) {
        // No more files or threads: this stream ends, the others go on.
        spdlog::warn("a stream cannot be opened: {}", error.what());
    }
    while (const auto asked = wait_for_ask()) {
        Waiting<Chunk>::post(asked, subscription ? read(*subscription) : Chunk{});
    }
}

}  // namespace daybook::http
