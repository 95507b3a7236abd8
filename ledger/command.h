// Command: what a producer asks for in one go, and its kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/stated.h"

namespace daybook {

// On disk and on the wire. Never renumber; append only.
enum class CommandKind : std::uint8_t {
    transfer = 1,
    define_asset = 2,
    open_account = 3,
    post_entry = 4,
    void_key = 5,
    place_hold = 6,
    capture_hold = 7,
    release_hold = 8,
    expire_hold = 9,  // by the system producer only
    reverse_entry = 10,
    set_account_state = 11,
    set_limits = 12,
    atomic = 13,
};
inline constexpr CommandKind kCommandKindLast = CommandKind::atomic;

using Member = std::variant<DefineAsset, OpenAccount, PostEntry, PlaceHold, CaptureHold,
                            ReleaseHold, ReverseEntry, SetAccountState, SetLimits>;

// All of its members or none, under one key and one Seq; each sees what those before it did.
struct Atomic {
    Id128 key;
    std::vector<Member> members;  // 1 to 255
    Preconditions require = {};   // before the first member
    friend bool operator==(const Atomic&, const Atomic&) = default;
};

using Command =
    std::variant<Transfer, DefineAsset, OpenAccount, PostEntry, VoidKey, PlaceHold, CaptureHold,
                 ReleaseHold, ExpireHold, ReverseEntry, SetAccountState, SetLimits, Atomic>;

// All zero for an expiry.
const Id128& key_of(const Command& command);
CommandKind kind_of(const Command& command);
CommandKind kind_of(const Member& member);
// What it says of itself; null for the kinds that say nothing.
const Particulars* particulars_of(const Command& command);

std::string_view name_of(CommandKind kind);
std::optional<CommandKind> parse_command_kind(std::string_view text);

}  // namespace daybook
