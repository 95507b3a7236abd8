#include "sequencer/fact_finder.h"

#include <algorithm>
#include <utility>

#include "schema/made_entry.h"

namespace daybook::sequencer {

namespace {

bool has(const std::vector<std::string_view>& references, std::string_view reference) {
    return std::ranges::find(references, reference) != references.end();
}

}  // namespace

Result<Facts> FactFinder::look_up(const Command& command, Seq head) {
    Facts facts;
    auto found = find_originals(command, head, facts);
    if (found) found = find_references(command, facts);
    if (!found) return std::unexpected{found.error()};
    return facts;
}

Result<void> FactFinder::find_originals(const Command& command, Seq head, Facts& facts) {
    for (const EntryId id : entries_asked(command)) {
        if (id.seq() > head) continue;
        const auto found = finder_.find(id.seq());
        if (!found) return std::unexpected{found.error()};
        auto entry = schema::read_made_entry(found->record, id.member());
        if (!entry) return std::unexpected{entry.error()};
        if (*entry) facts.originals.push_back(**std::move(entry));
    }
    return {};
}

Result<void> FactFinder::find_references(const Command& command, Facts& facts) {
    for (const auto reference : references_asked(command)) {
        const auto seq = references_.find(reference);
        if (!seq) continue;
        const auto found = finder_.find(*seq);
        if (!found) return std::unexpected{found.error()};
        const auto holder = found->record.command();
        if (!holder) return std::unexpected{holder.error()};
        // Digests may collide; texts don't lie.
        if (!has(references_taken(*holder), reference)) continue;
        facts.used_references.push_back({std::string{reference}, *seq});
    }
    return {};
}

void FactFinder::note_accepted(const Command& command, Seq seq) {
    for (const auto reference : references_taken(command))
        references_.add(reference, seq);
}

}  // namespace daybook::sequencer
