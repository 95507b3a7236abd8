#include "ledger/command.h"

#include "ledger/names.h"

namespace daybook {

namespace {

constexpr Named<CommandKind, 13> kKinds{{
    {CommandKind::transfer, "transfer"},
    {CommandKind::define_asset, "define_asset"},
    {CommandKind::open_account, "open_account"},
    {CommandKind::post_entry, "post_entry"},
    {CommandKind::void_key, "void_key"},
    {CommandKind::place_hold, "place_hold"},
    {CommandKind::capture_hold, "capture_hold"},
    {CommandKind::release_hold, "release_hold"},
    {CommandKind::expire_hold, "expire_hold"},
    {CommandKind::reverse_entry, "reverse_entry"},
    {CommandKind::set_account_state, "set_account_state"},
    {CommandKind::set_limits, "set_limits"},
    {CommandKind::atomic, "atomic"},
}};

struct KindOf {
    CommandKind operator()(const Transfer&) const { return CommandKind::transfer; }
    CommandKind operator()(const DefineAsset&) const { return CommandKind::define_asset; }
    CommandKind operator()(const OpenAccount&) const { return CommandKind::open_account; }
    CommandKind operator()(const PostEntry&) const { return CommandKind::post_entry; }
    CommandKind operator()(const VoidKey&) const { return CommandKind::void_key; }
    CommandKind operator()(const PlaceHold&) const { return CommandKind::place_hold; }
    CommandKind operator()(const CaptureHold&) const { return CommandKind::capture_hold; }
    CommandKind operator()(const ReleaseHold&) const { return CommandKind::release_hold; }
    CommandKind operator()(const ExpireHold&) const { return CommandKind::expire_hold; }
    CommandKind operator()(const ReverseEntry&) const { return CommandKind::reverse_entry; }
    CommandKind operator()(const SetAccountState&) const { return CommandKind::set_account_state; }
    CommandKind operator()(const SetLimits&) const { return CommandKind::set_limits; }
    CommandKind operator()(const Atomic&) const { return CommandKind::atomic; }
};

constexpr Id128 kNoKey{};

}  // namespace

const Id128& key_of(const Command& command) {
    return std::visit(
        [](const auto& stated) -> const Id128& {
            if constexpr (requires { stated.key; }) return stated.key;
            return kNoKey;
        },
        command);
}

CommandKind kind_of(const Command& command) {
    return std::visit(KindOf{}, command);
}
CommandKind kind_of(const Member& member) {
    return std::visit(KindOf{}, member);
}

const Particulars* particulars_of(const Command& command) {
    return std::visit(
        [](const auto& stated) -> const Particulars* {
            if constexpr (requires { stated.particulars; }) return &stated.particulars;
            return nullptr;
        },
        command);
}

std::string_view name_of(CommandKind kind) {
    return name_in(kKinds, kind);
}
std::optional<CommandKind> parse_command_kind(std::string_view text) {
    return parse_in(kKinds, text);
}

}  // namespace daybook
