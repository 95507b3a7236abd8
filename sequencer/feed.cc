#include "sequencer/feed.h"

#include <vector>

#include "schema/message.h"
#include "schema/run.h"
#include "sequencer/endpoint.h"

namespace daybook::sequencer {

namespace {

// A subscriber holds at most 32 messages of 256 KiB.
constexpr std::size_t kMessageBytes = std::size_t{256} << 10;
constexpr int kMessagesWaitingMax = 32;
constexpr std::size_t kTopicsMax = 1024;

schema::BlockFacts facts_of(const journal::BlockInfo& info) {
    return {info.number,   info.first_seq,    info.record_count, info.stamp,
            info.previous, info.payload_root, info.history_root, info.hash};
}

}  // namespace

Result<Feed> Feed::open(zmq::context_t& context, const std::string& endpoint, const Id128& book) {
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::sndhwm, kMessagesWaitingMax);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t{1024});  // subscribers only ever subscribe
    socket.set(zmq::sockopt::handshake_ivl, 2000);
    // No heartbeats from this side: decision 6.
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    const auto bound = bind(socket, endpoint);
    if (!bound) return std::unexpected{bound.error()};
    return Feed{std::move(socket), book};
}

void Feed::count_subscribers() {
    // One message when the first of equal subscriptions comes, one when the last goes; whatever
    // else a peer sends is ignored. Bounded, so that a flood of them does not keep the loop.
    constexpr int kChangesAtOnce = 64;
    zmq::message_t change;
    for (int i = 0; i < kChangesAtOnce; ++i) {
        if (!uninterrupted([&] { return socket_.recv(change, zmq::recv_flags::dontwait); })) return;
        if (change.size() == 0) continue;
        const auto kind = *change.data<char>();
        std::string topic{change.data<char>() + 1, change.size() - 1};
        if (kind == 0) {
            topics_.erase(topic);
        } else if (kind == 1 && topics_.size() < kTopicsMax) {
            topics_.insert(std::move(topic));
        }
    }
}

void Feed::publish(const journal::BlockInfo& info, const journal::BlockBuilder& block) {
    count_subscribers();
    if (topics_.empty()) return;
    Seq seq = block.first_seq();
    while (seq < block.next_seq()) {
        std::vector<std::byte> message(schema::kMessageHeaderBytes);
        schema::MessageHeader header;
        header.kind = schema::MessageKind::records;
        header.book = book_;
        schema::RunWriter run{message, facts_of(info), seq};
        while (seq < block.next_seq() && message.size() < kMessageBytes) {
            run.add(block.record(seq));
            header.head = seq;
            seq = seq.next();
        }
        run.end();
        header.count = run.count();
        schema::encode_header(header, std::span{message}.first<schema::kMessageHeaderBytes>());
        (void)uninterrupted(
            [&] { return socket_.send(zmq::buffer(message), zmq::send_flags::dontwait); });
    }
}

}  // namespace daybook::sequencer
