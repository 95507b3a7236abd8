// Reads one command of a scenario off its words. README.md here has the grammar.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/command.h"
#include "tests/scenarios/words.h"

namespace daybook::scenarios {

// When every scenario begins; its lines count seconds from there.
inline constexpr Stamp kScenarioStart{1'772'366'400'000'000'000};
Stamp seconds_in(std::uint64_t seconds);

// A transfer's accounts may be named by code; whoever runs it puts in their numbers.
struct StatedCommand {
    Command command;
    std::string debit_code;
    std::string credit_code;
};

class CommandWords {
public:
    // Where the command of a key stands; nothing when no earlier line states it.
    using FindSeq = std::function<std::optional<Seq>(const Id128&)>;

    // All must outlive it.
    CommandWords(Words& words, const FindSeq& find_seq) : words_{words}, find_seq_{find_seq} {}

    // `verb` has been read already. Commands that need no key get `key_of_line`.
    StatedCommand read(const std::string& verb, const Id128& key_of_line);

    Id128 read_key();

private:
    DefineAsset read_asset();
    OpenAccount read_account();
    StatedCommand read_transfer();
    PostEntry read_entry();
    PlaceHold read_hold();
    CaptureHold read_capture();
    ReverseEntry read_reversal();
    SetLimits read_set_limits();
    SetAccountState read_state();
    Atomic read_atomic();
    Member read_member(const std::string& verb);

    // `#7` is the account of that number, anything else a code.
    AccountRef read_account_ref();
    // `12`, `12.3`, `.3`, or `@key`, `@key.3`: what that key's command made.
    EntryId read_entry_id();
    void read_limits(Limits& limits);
    bool take_balancing(Balancing& balancing);
    bool take_label(Id128& tag, Stamp& effective_at);
    // Reads what may stand at the end of every command.
    void read_rest(Particulars* particulars, Preconditions& require);

    Words& words_;
    const FindSeq& find_seq_;
};

// A key is its text's bytes, at most 16, padded with zeros; `none` is the key of zeros.
std::optional<Id128> key_from(std::string_view text);

}  // namespace daybook::scenarios
