#include "bench/postgres/connection.h"

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace daybook::bench {

namespace {

constexpr int kBinary = 1;

template <typename T>
std::string network_bytes(T value) {
    std::array<char, sizeof(T)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    return {bytes.rbegin(), bytes.rend()};  // this machine is little-endian
}
static_assert(std::endian::native == std::endian::little);

std::string network_bytes(const Id128& uuid) {
    std::string bytes(uuid.bytes.size(), '\0');
    std::memcpy(bytes.data(), uuid.bytes.data(), bytes.size());
    return bytes;
}

template <typename T>
std::string array_bytes(std::span<const T> values, std::int32_t type) {
    const auto size = static_cast<std::int32_t>(values.size());
    // Dimensions, whether there are nulls, element type, length, first index.
    std::string bytes = network_bytes(std::int32_t{1}) + network_bytes(std::int32_t{0}) +
                        network_bytes(type) + network_bytes(size) + network_bytes(std::int32_t{1});
    for (const auto& value : values) {
        const std::string element = network_bytes(value);
        bytes += network_bytes(static_cast<std::int32_t>(element.size()));
        bytes += element;
    }
    return bytes;
}

}  // namespace

std::string array_of(std::span<const Id128> values) {
    return array_bytes(values, 2950);
}
std::string array_of(std::span<const std::int32_t> values) {
    return array_bytes(values, 23);
}
std::string array_of(std::span<const std::int64_t> values) {
    return array_bytes(values, 20);
}

Result<Statements> read_statements(const std::filesystem::path& file) {
    constexpr std::string_view kMark = "-- name: ";
    std::ifstream in{file};
    if (!in) return fail(ErrorCode::not_found, "cannot read '" + file.string() + "'");
    Statements statements;
    std::string name;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(kMark)) {
            name = line.substr(kMark.size());
        } else if (!name.empty()) {
            statements[name] += line + '\n';
        }
    }
    return statements;
}

Parameters& Parameters::append(std::string bytes) {
    values_.push_back(std::move(bytes));
    return *this;
}
Parameters& Parameters::add(const Id128& uuid) {
    return append(network_bytes(uuid));
}
Parameters& Parameters::add(std::int32_t value) {
    return append(network_bytes(value));
}
Parameters& Parameters::add(std::int64_t value) {
    return append(network_bytes(value));
}

void Answer::Clear::operator()(pg_result* result) const {
    PQclear(result);
}
Answer::Answer(pg_result* result) : result_{result} {}

bool Answer::is_ok() const {
    const auto status = PQresultStatus(result_.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}
std::string Answer::sqlstate() const {
    const char* state = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    if (state != nullptr) return state;
    return is_ok() ? "" : "08006";
}
std::string Answer::message() const {
    const std::string text = PQresultErrorMessage(result_.get());
    return text.substr(0, text.find('\n'));
}
int Answer::rows() const {
    return PQntuples(result_.get());
}

std::int64_t Answer::at(int row, int column) const {
    const auto size = static_cast<std::size_t>(PQgetlength(result_.get(), row, column));
    const std::string_view value{PQgetvalue(result_.get(), row, column), size};
    if (PQfformat(result_.get(), column) != kBinary) return std::stoll(std::string{value});
    std::uint64_t bits = size > 0 && (value[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : value)
        bits = (bits << 8) | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(bits);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& conninfo,
                                                     const Statements& statements) {
    auto connection = std::unique_ptr<Connection>{new Connection{PQconnectdb(conninfo.c_str())}};
    pg_conn* raw = connection->connection_;
    if (PQstatus(raw) != CONNECTION_OK) return fail(ErrorCode::unreachable, PQerrorMessage(raw));
    for (const auto& [name, text] : statements) {
        const Answer prepared{PQprepare(raw, name.c_str(), text.c_str(), 0, nullptr)};
        if (!prepared.is_ok()) return fail(ErrorCode::bad_input, name + ": " + prepared.message());
    }
    PQsetnonblocking(raw, 1);
    return connection;
}

Connection::~Connection() {
    PQfinish(connection_);
}

int Connection::fd() const {
    return PQsocket(connection_);
}

void Connection::flush() {
    while (PQflush(connection_) == 1) {
        pollfd wanted{fd(), POLLIN | POLLOUT, 0};
        poll(&wanted, 1, -1);
        if ((wanted.revents & POLLIN) != 0) PQconsumeInput(connection_);
    }
}

bool Connection::send(const char* statement, const Parameters& parameters) {
    constexpr std::size_t kParametersMax = 8;
    std::array<const char*, kParametersMax> values{};
    std::array<int, kParametersMax> lengths{};
    std::array<int, kParametersMax> formats{};
    const auto& all = parameters.values();
    for (std::size_t i = 0; i < all.size(); ++i) {
        values.at(i) = all[i].data();
        lengths.at(i) = static_cast<int>(all[i].size());
        formats.at(i) = kBinary;
    }
    return PQsendQueryPrepared(connection_, statement, static_cast<int>(all.size()), values.data(),
                               lengths.data(), formats.data(), kBinary) == 1;
}

Connection::Execution Connection::execute(const char* statement, const Parameters& parameters) {
    answer_ = Answer{};
    const bool is_sent = send(statement, parameters);
    if (is_sent) flush();
    return {*this, is_sent};
}

void Connection::on_readable() {
    const bool is_alive = PQconsumeInput(connection_) == 1;
    while (waiting_ && PQisBusy(connection_) == 0) {
        if (pg_result* result = PQgetResult(connection_)) {
            answer_ = Answer{result};
            continue;
        }
        std::exchange(waiting_, nullptr).resume();
    }
    if (!is_alive && waiting_) std::exchange(waiting_, nullptr).resume();
}

bool Connection::enter_pipeline() {
    return PQenterPipelineMode(connection_) == 1;
}

bool Connection::send_in_pipeline(const char* statement, const Parameters& parameters) {
    if (!send(statement, parameters) || PQpipelineSync(connection_) != 1) return false;
    flush();
    return true;
}

bool Connection::take_answer(Answer& answer, std::chrono::milliseconds timeout) {
    for (;;) {
        while (PQisBusy(connection_) == 0) {
            pg_result* result = PQgetResult(connection_);
            // The end of a statement's results, then the end of its transaction.
            if (result == nullptr) {
                if (PQisBusy(connection_) != 0) break;
                result = PQgetResult(connection_);
                if (result == nullptr) return false;
            }
            if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
                PQclear(result);
                answer = std::move(answer_);
                return true;
            }
            answer_ = Answer{result};
        }
        pollfd wanted{fd(), POLLIN, 0};
        if (poll(&wanted, 1, static_cast<int>(timeout.count())) <= 0) return false;
        if (PQconsumeInput(connection_) != 1) {
            answer = Answer{};
            return true;
        }
    }
}

Answer Connection::ask(const std::string& sql) {
    return Answer{PQexec(connection_, sql.c_str())};
}

Reactor::Reactor() : epoll_{epoll_create1(EPOLL_CLOEXEC)} {}
Reactor::~Reactor() {
    close(epoll_);
}

void Reactor::watch(Connection& connection) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd(), &event);
}

void Reactor::turn(std::chrono::milliseconds timeout) const {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(timeout.count()));
    for (int i = 0; i < count; ++i)
        static_cast<Connection*>(events.at(static_cast<std::size_t>(i)).data.ptr)->on_readable();
}

}  // namespace daybook::bench
