#include "sequencer/fact_finder.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "schema/made_entry.h"

namespace daybook::sequencer {

namespace {

// Enough to reverse 8,000 entries of 255 postings in one message.
constexpr std::size_t kBytesReadMax = std::size_t{64} << 20;

}  // namespace

void FactFinder::begin_message() {
    bytes_read_ = 0;
    is_exhausted_ = false;
}

bool FactFinder::may_go_on(const Command& command) {
    if (bytes_read_ >= kBytesReadMax && !is_exhausted_) {
        is_exhausted_ = !entries_asked(command).empty() || !references_asked(command).empty();
    }
    return !is_exhausted_;
}

Result<Facts> FactFinder::look_up(const Command& command, Seq head) {
    Facts facts;
    auto found = find_originals(command, head, facts);
    if (found) found = find_references(command, facts);
    if (!found) return std::unexpected{found.error()};
    return facts;
}

// Records never change: the one read last is kept.
Result<const FactFinder::Past*> FactFinder::read(Seq seq) {
    if (last_.seq == seq) return &last_;
    last_ = {};
    const auto found = finder_.find(seq);
    if (!found) return std::unexpected{found.error()};
    const auto& record = found->record;
    bytes_read_ += record.command_bytes().size() + record.remark_bytes().size();
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    auto entries = schema::read_made_entries(record, *command);
    if (!entries) return std::unexpected{entries.error()};
    last_.entries = *std::move(entries);
    for (const auto reference : references_taken(*command))
        last_.references.emplace_back(reference);
    last_.seq = seq;
    return &last_;
}

Result<void> FactFinder::find_originals(const Command& command, Seq head, Facts& facts) {
    for (const EntryId id : entries_asked(command)) {
        if (id.seq() > head) continue;
        const auto past = read(id.seq());
        if (!past) return std::unexpected{past.error()};
        const auto& entries = (*past)->entries;
        const auto entry = std::ranges::find(entries, id, &MadeEntry::id);
        if (entry != entries.end()) facts.originals.push_back(*entry);
    }
    return {};
}

Result<void> FactFinder::find_references(const Command& command, Facts& facts) {
    for (const auto reference : references_asked(command)) {
        const auto seq = references_.find(reference);
        if (!seq) continue;
        const auto past = read(*seq);
        if (!past) return std::unexpected{past.error()};
        // Digests may collide; texts don't lie.
        if (std::ranges::find((*past)->references, reference) == (*past)->references.end())
            continue;
        facts.used_references.push_back({std::string{reference}, *seq});
    }
    return {};
}

void FactFinder::note_accepted(const Command& command, Seq seq) {
    for (const auto reference : references_taken(command))
        references_.add(reference, seq);
}

}  // namespace daybook::sequencer
