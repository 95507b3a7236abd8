// Witness: a producer outside the server that writes down every acknowledged command before it
// sends more, and at the end says whether the journal holds exactly that.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "bench/accounts.h"
#include "bench/random.h"
#include "gateway/command_client.h"
#include "ledger/command.h"

namespace daybook::crash {

struct Testimony {
    std::uint64_t acknowledged = 0;  // commands
    std::uint64_t lost = 0;          // acknowledged, and not in the journal as acknowledged
    std::uint64_t doubles = 0;       // keys in the journal twice
    std::vector<std::string> findings;
};

class Witness {
public:
    // Connects, and opens and funds its accounts.
    static Result<std::unique_ptr<Witness>> start(const std::string& endpoint, std::uint64_t seed);

    // Sends what the window takes and writes down what has come, for about a millisecond.
    void work();
    // Waits until everything in flight is answered; false when that takes longer than 20 s.
    bool drain();
    std::uint64_t acknowledged() const { return acknowledged_; }

    // Asks for the outcomes of some acknowledged keys; each must be the seq that was acknowledged.
    void ask_again();

    // Reads the journal and the projection in `data` and compares. Nothing may be in flight.
    Testimony testify(const std::filesystem::path& data);

private:
    struct Acknowledged {
        Transfer transfer;
        Seq seq;
        Verdict verdict;
    };

    Witness(std::unique_ptr<gateway::CommandClient> client,
            std::unique_ptr<gateway::CommandClient> auditor, std::uint64_t seed);

    Result<void> open_accounts();
    std::vector<Transfer> next_message();
    Transfer new_transfer();
    void take(const Transfer& transfer, const schema::Receipt& receipt);
    void find(const std::string& what);
    void compare_journal(const std::filesystem::path& data, Testimony& testimony);
    void compare_balances(const std::filesystem::path& data, Testimony& testimony);

    std::unique_ptr<gateway::CommandClient> client_;
    std::unique_ptr<gateway::CommandClient> auditor_;
    bench::KeySpace keys_;
    bench::Random random_;
    std::vector<AccountNumber> accounts_;
    std::map<gateway::Ticket, std::vector<Transfer>> in_flight_;
    std::vector<std::optional<Acknowledged>> log_;  // by the number of the key
    std::deque<Acknowledged> recent_;
    std::uint64_t acknowledged_ = 0;
    std::vector<std::string> findings_;
};

}  // namespace daybook::crash
