// LineReader: makes a statement's line of a touch and the account's totals before it. Private to
// projector/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "ledger/command.h"
#include "ledger/facts.h"
#include "projector/statement.h"
#include "schema/touch_origin.h"

namespace daybook::projector {

class LineReader {
public:
    // `past` must outlive this.
    explicit LineReader(const Past& past) : past_{past} {}

    Result<StatementLine> read(const FoundTouch& found, const Totals& before);

    // Beside those of the touches: the originals of reversals.
    std::uint64_t records_read() const { return records_read_; }
    // Of all records, each counted when it is decoded.
    std::size_t bytes_read() const { return bytes_read_; }

private:
    // A record with its parts. An atomic may have a thousand touches of one account: it is decoded
    // once.
    struct Decoded {
        Seq seq;
        Command command;
        std::vector<schema::TouchOrigin> origins;  // they point into the command
        std::vector<MadeEntry> entries;
    };

    Result<void> decode(const schema::RecordView& record, Decoded& into);
    Result<void> add_counter(const FoundTouch& found, const schema::TouchOrigin& origin,
                             StatementLine& line);
    Result<void> add_mirrored(const FoundTouch& found, const schema::TouchOrigin& origin,
                              StatementLine& line);
    Result<const MadeEntry*> original_of(EntryId id);
    Result<void> add(const ResolvedPosting& posting, StatementLine& line);
    Result<unsigned> scale_of(AssetNumber asset, TouchPointer at);

    const Past& past_;
    Decoded own_;
    Decoded original_;
    std::map<std::uint32_t, unsigned> scales_;  // by asset
    std::uint64_t records_read_ = 0;
    std::size_t bytes_read_ = 0;
};

}  // namespace daybook::projector
