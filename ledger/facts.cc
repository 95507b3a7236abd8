#include "ledger/facts.h"

namespace daybook {

namespace {

// Calls `visit` with what the command states, or with what each of its members does.
template <typename Visit>
void for_each_stated(const Command& command, const Visit& visit) {
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (const auto& member : atomic->members)
            std::visit(visit, member);
        return;
    }
    std::visit(visit, command);
}

template <typename Stated>
const Particulars* particulars_in(const Stated& stated) {
    if constexpr (requires { stated.particulars; }) return &stated.particulars;
    return nullptr;
}

}  // namespace

std::vector<EntryId> entries_asked(const Command& command) {
    std::vector<EntryId> ids;
    for_each_stated(command, [&](const auto& stated) {
        if constexpr (requires { stated.entry; }) {
            if (!stated.entry.is_of_this_seq()) ids.push_back(stated.entry);
        }
    });
    return ids;
}

std::vector<std::string_view> references_asked(const Command& command) {
    std::vector<std::string_view> references;
    for_each_stated(command, [&](const auto& stated) {
        const Particulars* particulars = particulars_in(stated);
        if (particulars == nullptr || !particulars->is_reference_unique) return;
        references.emplace_back(particulars->reference);
    });
    return references;
}

std::vector<std::string_view> references_taken(const Command& command) {
    std::vector<std::string_view> references;
    for_each_stated(command, [&](const auto& stated) {
        const Particulars* particulars = particulars_in(stated);
        if (particulars == nullptr || particulars->reference.empty()) return;
        references.emplace_back(particulars->reference);
    });
    return references;
}

}  // namespace daybook
