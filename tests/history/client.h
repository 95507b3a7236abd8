// BankClient: one client process of a history. It asks, writes down what it asked and was told, and
// never leaves a call of unknown outcome behind: its key is sent again until there is an answer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gateway/command_client.h"
#include "gateway/query_client.h"
#include "tests/history/log.h"
#include "tests/history/workload.h"

namespace daybook::history {

struct Setting {
    std::string commands;  // endpoints
    std::string queries;
    std::filesystem::path directory;
    std::uint16_t clients = 8;
    std::uint16_t accounts = 20;
    std::uint64_t operations = 10'000;
    std::uint64_t seed = 1;
};

class BankClient {
public:
    static Result<std::unique_ptr<BankClient>> start(const Setting& setting, std::uint16_t number,
                                                     Meeting& meeting);

    // Opens the accounts; the others wait for it.
    Result<void> open_accounts();
    // Pays in to them; part of the history.
    Result<void> pay_in();
    void write_opening();
    void begin_round(bool is_window);
    // Asks `calls` times, and until all is answered.
    Result<void> run_round(std::uint64_t calls, bool is_window);
    Result<void> write_head();

private:
    BankClient(const Setting& setting, std::uint16_t number, Meeting& meeting);

    Result<bool> send(std::vector<Call> message);
    Result<void> take_answer(std::chrono::milliseconds timeout);
    void take(const Call& call, std::uint32_t number, const schema::Receipt& receipt);
    void read(bool is_strict);
    template <typename T>
    void write(const T& entry);
    void flush();

    const Setting& setting_;
    std::uint16_t number_;
    Meeting& meeting_;
    Workload workload_;
    std::unique_ptr<gateway::CommandClient> client_;
    std::unique_ptr<gateway::QueryClient> reader_;
    std::vector<std::string> codes_;
    struct Sent {
        std::vector<Call> calls;
        std::uint32_t first;
    };
    std::map<gateway::Ticket, Sent> sent_;
    std::vector<std::vector<Call>> unanswered_;
    std::uint32_t calls_ = 0;
    std::uint64_t newest_seq_ = 0;
    int file_ = -1;
    std::vector<std::byte> buffer_;
};

}  // namespace daybook::history
