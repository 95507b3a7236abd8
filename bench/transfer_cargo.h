// Random transfers for a producer, of its own keys. Private to bench/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/account_choice.h"
#include "bench/accounts.h"
#include "bench/windowed.h"

namespace daybook::bench {

// Its keys are first, first + step, …: beside the other producers', in the order of time.
struct KeyShare {
    KeySpace keys;
    std::uint64_t first = 0;
    std::uint64_t step = 1;
};

class TransferMaker {
public:
    TransferMaker(const KeyShare& share, const AccountChoice& choice,
                  std::span<const AccountNumber> accounts)
        : share_{share}, choice_{choice}, accounts_{accounts}, random_{share.first + 1} {}

    void make(Transfer& transfer) {
        const auto [debit, credit] = choice_.pick(random_);
        transfer.key = next_key();
        transfer.debit = accounts_[debit];
        transfer.credit = accounts_[credit];
        transfer.amount = Amount{1 + random_.below(1000)};
    }
    Id128 next_key() {
        const Id128 key = share_.keys.key(share_.first);
        share_.first += share_.step;
        return key;
    }
    Random& random() { return random_; }

private:
    KeyShare share_;
    const AccountChoice& choice_;
    std::span<const AccountNumber> accounts_;
    Random random_;
};

// Full messages of them.
class TransferCargo final : public Cargo {
public:
    TransferCargo(std::size_t batch, TransferMaker maker) : maker_{maker}, batch_(batch) {}

    void fill() override {
        for (auto& transfer : batch_)
            maker_.make(transfer);
    }
    Result<std::optional<gateway::Ticket>> submit(gateway::CommandClient& client) override {
        return client.submit(std::span<const Transfer>{batch_});
    }
    void take(gateway::Ticket, const std::vector<schema::Receipt>&) override {}

private:
    TransferMaker maker_;
    std::vector<Transfer> batch_;
};

}  // namespace daybook::bench
