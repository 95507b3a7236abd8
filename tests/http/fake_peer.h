// A peer of the gateway that does as the test says: it names a book when it is asked for it, and
// answers the rest by one refusal, by nonsense, or never. In a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "schema/message.h"
#include "schema/receipts.h"
#include "tests/sequencer/support.h"

namespace daybook::tests {

class FakePeer {
public:
    enum class Manner { silent, refusing, nonsense };

    FakePeer(const std::filesystem::path& path, Manner manner, std::uint16_t refusal = 0,
             const Id128& book = id_of(0x40))
        : endpoint_{"ipc://" + path.string()}, book_{book}, manner_{manner}, refusal_{refusal} {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 20);
        socket_.bind(endpoint_);
        thread_ = std::thread{[this] { run(); }};
    }
    ~FakePeer() {
        is_stopping_ = true;
        thread_.join();
    }
    FakePeer(const FakePeer&) = delete;
    FakePeer& operator=(const FakePeer&) = delete;
    FakePeer(FakePeer&&) = delete;
    FakePeer& operator=(FakePeer&&) = delete;

    const std::string& endpoint() const { return endpoint_; }
    // Messages that carried commands, also the same one again.
    int commands_seen() const { return commands_seen_; }

private:
    void run() {
        while (!is_stopping_) {
            zmq::message_t peer;
            zmq::message_t asked;
            if (!socket_.recv(peer) || !socket_.recv(asked)) continue;
            const auto header = schema::decode_header({asked.data<std::byte>(), asked.size()});
            if (!header) continue;
            if (header->kind == schema::MessageKind::commands) ++commands_seen_;
            const auto answer = answer_to(*header);
            if (!answer) continue;
            socket_.send(peer, zmq::send_flags::sndmore);
            socket_.send(zmq::buffer(*answer), zmq::send_flags::none);
        }
    }

    std::optional<std::vector<std::byte>> answer_to(const schema::MessageHeader& asked) const {
        using schema::MessageKind;
        if (manner_ == Manner::nonsense) return header_alone(asked, MessageKind::records);
        if (asked.kind == MessageKind::info) return header_alone(asked, MessageKind::book_info);
        if (asked.kind == MessageKind::outcomes) {
            schema::ReceiptsBuilder receipts;
            receipts.begin(asked, book_);
            receipts.add_not_seen(Seq{});
            std::vector<std::byte> message(receipts.message_bytes());
            receipts.write(Seq{}, message);
            return message;
        }
        if (manner_ == Manner::silent) return std::nullopt;
        return schema::encode_refusal(asked, book_, {refusal_, 2100, "as the test says"});
    }

    std::vector<std::byte> header_alone(const schema::MessageHeader& asked,
                                        schema::MessageKind kind) const {
        std::vector<std::byte> message(schema::kMessageHeaderBytes);
        schema::encode_header(schema::answer_header(asked, kind, book_),
                              std::span<std::byte, schema::kMessageHeaderBytes>{message});
        return message;
    }

    std::string endpoint_;
    Id128 book_;
    Manner manner_;
    std::uint16_t refusal_;
    std::atomic<int> commands_seen_ = 0;
    std::atomic<bool> is_stopping_ = false;
    zmq::context_t context_{1};
    zmq::socket_t socket_{context_, zmq::socket_type::router};
    std::thread thread_;
};

}  // namespace daybook::tests
