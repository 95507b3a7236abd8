#include "bench/closed_loop.h"

#include <cerrno>
#include <chrono>
#include <deque>
#include <vector>

#include <zmq.hpp>

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kSilenceMax{30};

class ClosedLoop {
public:
    ClosedLoop(const LoopShift& shift, Sheet& sheet) : shift_{shift}, sheet_{sheet} {
        for (std::size_t i = 0; i < shift.sockets; ++i) {
            auto& client = clients_.emplace_back();
            client.socket = zmq::socket_t{context_, zmq::socket_type::dealer};
            client.socket.set(zmq::sockopt::linger, 0);
            client.socket.connect(shift.endpoint);
            items_.push_back({client.socket.handle(), 0, ZMQ_POLLIN, 0});
        }
    }

    // Sends so many and waits for all answers.
    Result<void> send(std::uint64_t messages, bool is_measured) {
        messages_ = messages;
        sent_ = 0;
        answered_ = 0;
        is_measured_ = is_measured;
        for (std::size_t round = 0; round < shift_.window; ++round) {
            for (auto& client : clients_)
                send_next(client);
        }
        while (answered_ < sent_) {
            if (zmq::poll(items_, kSilenceMax) == 0) {
                return fail(ErrorCode::unreachable, "no answer from " + shift_.endpoint);
            }
            for (std::size_t i = 0; i < clients_.size(); ++i) {
                if ((items_[i].revents & ZMQ_POLLIN) == 0) continue;
                auto taken = take_answers(clients_[i]);
                if (!taken) return taken;
            }
        }
        return {};
    }

private:
    struct Client {
        zmq::socket_t socket;
        std::deque<steady_clock::time_point> sent_at;
    };

    void send_next(Client& client) {
        if (sent_ == messages_ || sheet_.must_end != 0) return;
        const Bytes message = shift_.ask(number_++);
        client.sent_at.push_back(steady_clock::now());
        client.socket.send(zmq::const_buffer{message.data(), message.size()});
        if (is_measured_) sheet_.asked_bytes += message.size();
        ++sent_;
    }

    Result<void> take_answers(Client& client) {
        zmq::message_t answer;
        while (!client.sent_at.empty() && client.socket.recv(answer, zmq::recv_flags::dontwait)) {
            if (is_measured_) {
                sheet_.latency.add(steady_clock::now() - client.sent_at.front());
                sheet_.answer_bytes += answer.size();
            }
            client.sent_at.pop_front();
            ++answered_;
            auto taken = shift_.take({answer.data<std::byte>(), answer.size()});
            if (!taken) return taken;
            send_next(client);
        }
        return {};
    }

    const LoopShift& shift_;
    Sheet& sheet_;
    zmq::context_t context_{1};
    std::vector<Client> clients_;
    std::vector<zmq::pollitem_t> items_;
    std::uint64_t number_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    bool is_measured_ = false;
};

}  // namespace

Result<void> run_closed_loop(const LoopShift& shift, Sheet& sheet) {
    try {
        ClosedLoop loop{shift, sheet};
        auto warm = loop.send(shift.warm_up_messages, false);
        if (!warm) return warm;
        await_start(sheet);
        return loop.send(shift.messages, true);
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::unreachable, shift.endpoint + ": " + error.what());
    }
}

}  // namespace daybook::bench
