// RandomCommands: a stream of well-formed commands on a handful of accounts, few enough that they
// meet: every kind, every rejection, the ends of 128 bits, keys used twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "ledger/command.h"

namespace daybook::oracle {

class RandomCommands {
public:
    explicit RandomCommands(std::uint64_t seed) : random_{seed} {}

    // Defines some assets and opens some accounts.
    std::vector<Command> opening();
    // The next one; `stamp` is about when it will be decided.
    Command next(Stamp stamp);
    // Must be told what became of the last command, so that later ones can refer to it.
    void note(const Command& command, bool is_accepted, Seq seq);

    // 0 to `bound` − 1.
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    bool chance(unsigned percent) { return below(100) < percent; }

private:
    // An entry that was made, with its amounts as stated.
    struct Known {
        EntryId id;
        std::vector<Amount> amounts;
    };

    Command fresh(Stamp stamp);
    Command repeated(Stamp stamp);
    Member member(Stamp stamp);
    Atomic atomic(Stamp stamp);
    Atomic atomic_of_many_touches();
    Transfer transfer();
    PostEntry entry();
    PostEntry exchange();
    PlaceHold hold(Stamp stamp);
    CaptureHold capture();
    ReleaseHold release();
    ReverseEntry reversal();
    OpenAccount opened();
    DefineAsset defined();
    SetAccountState state();
    SetLimits limits();

    Id128 new_key();
    Amount amount();
    Limits some_limits();
    std::string code();
    AccountRef account();
    AccountRef account_in(std::size_t asset);
    EntryId pick(const std::vector<Known>& known);
    Particulars particulars();
    Preconditions require();
    void note_made(const Member& member, EntryId id);

    std::mt19937_64 random_;
    std::uint64_t keys_ = 0;
    bool is_in_atomic_ = false;
    std::uint16_t members_ = 0;  // so far, of the atomic being made
    Seq head_;
    std::vector<Command> decided_;
    std::vector<Known> entries_;
    std::vector<Known> holds_;
};

}  // namespace daybook::oracle
