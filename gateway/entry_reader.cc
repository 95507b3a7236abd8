#include "gateway/entry_reader.h"

#include <string>
#include <utility>

#include "schema/run.h"

namespace daybook::gateway {

namespace {

std::unexpected<Error> no_record(Seq seq, Seq head) {
    return fail(ErrorCode::not_found, "there is no record " + std::to_string(seq.value()) +
                                          "; the journal reaches to " +
                                          std::to_string(head.value()));
}

struct OneRecord {
    std::vector<std::byte> bytes;
    Stamp stamp;
};

// Of a run that is known to be whole.
Result<OneRecord> record_of(Seq seq, Bytes runs, Seq head) {
    schema::RunReader reader{runs};
    schema::Run run;
    if (reader.is_at_end()) return no_record(seq, head);
    if (reader.next(run) != Malformation::none || run.first != seq) {
        return fail(ErrorCode::damaged,
                    "another record than " + std::to_string(seq.value()) + " was answered");
    }
    const Bytes bytes = run.records.front();
    return OneRecord{{bytes.begin(), bytes.end()}, run.block.stamp};
}

class Remote final : public schema::EntrySource {
public:
    Remote(QueryClient& client, const schema::EntryDetails& entry)
        : client_{client}, entry_{entry} {}

    Result<std::vector<std::byte>> record(Seq seq) override {
        const auto page = client_.records(seq, 1);
        if (!page) return std::unexpected{page.error()};
        auto found = record_of(seq, page->runs, page->head);
        if (!found) return std::unexpected{found.error()};
        return std::move(found->bytes);
    }
    Result<std::vector<EntryId>> reversals_of(EntryId entry) override {
        std::vector<EntryId> reversals;
        for (const auto& link : entry_.reversals) {
            if (link.original == entry) reversals.push_back(link.reversal);
        }
        return reversals;
    }

private:
    QueryClient& client_;
    const schema::EntryDetails& entry_;
};

}  // namespace

Result<ReadEntry> read_entry(QueryClient& client, EntryId id, const ReadAfter& after) {
    auto entry = client.entry(id.seq(), after);
    if (!entry) return std::unexpected{entry.error()};
    auto record = record_of(id.seq(), entry->run, entry->standing.head);
    if (!record) return std::unexpected{record.error()};
    Remote source{client, *entry};
    auto view = schema::view_entry(std::move(record->bytes), record->stamp, id,
                                   entry->standing.watermark, source);
    if (!view) return std::unexpected{view.error()};
    return ReadEntry{*std::move(view), entry->standing, std::move(entry->open_holds),
                     std::move(entry->accounts)};
}

}  // namespace daybook::gateway
