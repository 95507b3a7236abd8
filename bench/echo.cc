#include "bench/echo.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "bench/closed_loop.h"
#include "bench/crew.h"

namespace daybook::bench {

namespace {

// One thread between a socket's receive and its send, as a sequencer's is.
void echo(zmq::socket_t& socket, const std::vector<std::byte>& answer) {
    for (;;) {
        zmq::message_t peer;
        zmq::message_t asked;
        if (!socket.recv(peer) || !socket.recv(asked)) continue;
        socket.send(peer, zmq::send_flags::sndmore);
        socket.send(zmq::const_buffer{answer.data(), answer.size()});
    }
}

// Until it is killed. `port` is 0 until it listens.
int run_echo(std::atomic<std::uint32_t>& port, std::size_t answer_bytes) {
    try {
        zmq::context_t context{1};
        zmq::socket_t socket{context, zmq::socket_type::router};
        socket.bind("tcp://127.0.0.1:*");
        const auto endpoint = socket.get(zmq::sockopt::last_endpoint);
        port = static_cast<std::uint32_t>(std::stoul(endpoint.substr(endpoint.rfind(':') + 1)));
        echo(socket, std::vector<std::byte>(answer_bytes));
        return 0;
    } catch (const zmq::error_t&) {
        return 1;
    }
}

Result<std::string> wait_until_it_listens(const std::atomic<std::uint32_t>& port, Process& server,
                                          Target& target) {
    while (port == 0) {
        const auto watched = target.watch();
        if (!watched) return std::unexpected{watched.error()};
        if (!server.is_running()) return fail(ErrorCode::io_failed, "the echo does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return "tcp://127.0.0.1:" + std::to_string(port);
}

}  // namespace

Result<EchoRun> measure_echo(const EchoShape& shape, Target& target) {
    const auto port = SharedArray<std::atomic<std::uint32_t>>::create(1);
    if (!port) return std::unexpected{port.error()};
    auto server = Process::fork_to([&] { return run_echo(port->all()[0], shape.answer_bytes); });
    if (!server) return std::unexpected{server.error()};
    const auto endpoint = wait_until_it_listens(port->all()[0], *server, target);
    if (!endpoint) return std::unexpected{endpoint.error()};

    auto crew = Crew::create(shape.processes);
    if (!crew) return std::unexpected{crew.error()};
    const std::uint64_t messages =
        std::max<std::uint64_t>(shape.messages / shape.processes, shape.window);
    const std::vector<std::byte> message(shape.asked_bytes);
    for (unsigned i = 0; i < shape.processes; ++i) {
        const LoopShift shift{.endpoint = *endpoint,
                              .sockets = (shape.sockets + i) / shape.processes,
                              .window = shape.window,
                              .warm_up_messages = messages / 10 + 1,
                              .messages = messages,
                              .ask = [&](std::uint64_t) { return Bytes{message}; },
                              .take = [](Bytes) { return Result<void>{}; }};
        auto hired = crew->hire([&](Sheet& sheet) { return run_closed_loop(shift, sheet); });
        if (!hired) return std::unexpected{hired.error()};
    }
    const auto watch = [&] { return target.watch(); };
    const auto warm = crew->wait_for(Stage::is_warm, watch);
    if (!warm) return std::unexpected{warm.error()};
    const auto started = crew->start();
    const auto finished = crew->wait_for(Stage::has_finished, watch);
    if (!finished) return std::unexpected{finished.error()};
    const std::chrono::duration<double> elapsed = crew->finished_at() - started;
    return EchoRun{static_cast<double>(messages * shape.processes) / elapsed.count(),
                   crew->latency()};
}

}  // namespace daybook::bench
