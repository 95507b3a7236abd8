#include "ledger/command.h"

namespace daybook {

namespace {
struct KindOf {
    CommandKind operator()(const Transfer&) const { return CommandKind::transfer; }
    CommandKind operator()(const DefineAsset&) const { return CommandKind::define_asset; }
    CommandKind operator()(const OpenAccount&) const { return CommandKind::open_account; }
    CommandKind operator()(const PostEntry&) const { return CommandKind::post_entry; }
    CommandKind operator()(const VoidKey&) const { return CommandKind::void_key; }
};
}  // namespace

const Id128& key_of(const Command& command) {
    return std::visit([](const auto& stated) -> const Id128& { return stated.key; }, command);
}

CommandKind kind_of(const Command& command) {
    return std::visit(KindOf{}, command);
}

std::string_view name_of(CommandKind kind) {
    switch (kind) {
        case CommandKind::transfer:
            return "transfer";
        case CommandKind::define_asset:
            return "define_asset";
        case CommandKind::open_account:
            return "open_account";
        case CommandKind::post_entry:
            return "post_entry";
        case CommandKind::void_key:
            return "void_key";
        case CommandKind::place_hold:
            return "place_hold";
        case CommandKind::capture_hold:
            return "capture_hold";
        case CommandKind::release_hold:
            return "release_hold";
        case CommandKind::expire_hold:
            return "expire_hold";
        case CommandKind::reverse_entry:
            return "reverse_entry";
        case CommandKind::set_account_state:
            return "set_account_state";
        case CommandKind::set_limits:
            return "set_limits";
        case CommandKind::atomic:
            return "atomic";
    }
    return "unknown";
}

}  // namespace daybook
