// Messages of transfers, and of holds placed and settled, in turns. Private to bench/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "bench/crew.h"
#include "bench/transfer_cargo.h"
#include "ledger/entry_id.h"

namespace daybook::bench {

// What is counted in Sheet::counts.
enum class HoldCount : std::size_t {
    placed,
    captured,
    released,
    left,  // to expire
    held,  // the amount, in minor units, of holds neither settled nor left
};

class HoldCargo final : public Cargo {
public:
    struct Shape {
        std::size_t batch = 0;
        unsigned share = 0;  // percent
        std::chrono::milliseconds expires_after{0};
    };
    HoldCargo(const Shape& shape, TransferMaker maker, Sheet& sheet);

    void fill() override;
    Result<std::optional<gateway::Ticket>> submit(gateway::CommandClient& client) override;
    void take(gateway::Ticket ticket, const std::vector<schema::Receipt>& receipts) override;

private:
    enum class Fate : std::uint8_t { capture, release, expire };

    // What one command does to its hold.
    struct Step {
        Fate fate;
        std::uint64_t amount;
        bool is_settlement;
    };
    struct Open {
        EntryId hold;
        Step placing;
    };
    void fill_holds();
    void add_place();
    void add_settlement(const Open& open);
    void note(const Step& step, Seq seq);
    std::atomic<std::uint64_t>& count(HoldCount which) {
        return sheet_.counts.at(static_cast<std::size_t>(which));
    }

    Shape shape_;
    TransferMaker maker_;
    Sheet& sheet_;
    std::uint64_t commands_ = 0;
    std::uint64_t two_phase_ = 0;
    bool has_holds_ = false;  // the message filled last
    std::vector<Transfer> transfers_;
    std::vector<Command> holds_;
    std::vector<Step> steps_;  // beside `holds_`
    std::map<gateway::Ticket, std::vector<Step>> asked_;
    std::deque<Open> open_;
};

}  // namespace daybook::bench
