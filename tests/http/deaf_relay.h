// Between a gateway and a query endpoint: passes on what is asked and answered, but for questions
// of one kind, which never arrive. In a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include <zmq.hpp>

#include "schema/message.h"

namespace daybook::tests {

class DeafRelay {
public:
    DeafRelay(const std::filesystem::path& path, std::string to, schema::MessageKind lost)
        : endpoint_{"ipc://" + path.string()}, to_{std::move(to)}, lost_{lost} {
        front_.set(zmq::sockopt::linger, 0);
        front_.set(zmq::sockopt::rcvtimeo, 1);
        front_.bind(endpoint_);
        thread_ = std::thread{[this] { run(); }};
    }
    ~DeafRelay() {
        is_stopping_ = true;
        thread_.join();
    }
    DeafRelay(const DeafRelay&) = delete;
    DeafRelay& operator=(const DeafRelay&) = delete;
    DeafRelay(DeafRelay&&) = delete;
    DeafRelay& operator=(DeafRelay&&) = delete;

    const std::string& endpoint() const { return endpoint_; }
    int lost() const { return lost_count_; }

private:
    void run() {
        while (!is_stopping_) {
            zmq::message_t peer;
            zmq::message_t asked;
            if (front_.recv(peer) && front_.recv(asked)) ask(peer.to_string(), asked);
            for (auto& [name, back] : backs_) {
                zmq::message_t answer;
                while (back.recv(answer, zmq::recv_flags::dontwait)) {
                    front_.send(zmq::buffer(name), zmq::send_flags::sndmore);
                    front_.send(answer, zmq::send_flags::none);
                }
            }
        }
        backs_.clear();
    }

    void ask(const std::string& peer, zmq::message_t& asked) {
        const auto header = schema::decode_header({asked.data<std::byte>(), asked.size()});
        if (header && header->kind == lost_) {
            ++lost_count_;
            return;
        }
        auto found = backs_.find(peer);
        if (found == backs_.end()) {
            zmq::socket_t back{context_, zmq::socket_type::dealer};
            back.set(zmq::sockopt::linger, 0);
            back.connect(to_);
            found = backs_.emplace(peer, std::move(back)).first;
        }
        found->second.send(asked, zmq::send_flags::none);
    }

    std::string endpoint_;
    std::string to_;
    schema::MessageKind lost_;
    std::atomic<int> lost_count_ = 0;
    std::atomic<bool> is_stopping_ = false;
    zmq::context_t context_{1};
    zmq::socket_t front_{context_, zmq::socket_type::router};
    std::map<std::string, zmq::socket_t> backs_;  // the thread's
    std::thread thread_;
};

}  // namespace daybook::tests
