// Records and blocks of the journal, as somebody may have changed them. The first byte says what
// the rest is, and which checksums are made right again, so that what lies behind them is reached.
#include <cstdint>
#include <string>
#include <vector>

#include <xxhash.h>

#include "journal/block.h"
#include "journal/format.h"
#include "journal/sha256.h"
#include "json/record_line.h"
#include "json/record_reader.h"
#include "schema/effects.h"
#include "schema/made_entry.h"
#include "schema/record.h"
#include "schema/touch_origin.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

enum What : unsigned char { block = 1, as_line = 2, right_hash = 4, right_checksums = 8 };

// Takes whatever a record says it did.
class Nowhere final : public schema::EffectSink {
public:
    Result<void> define_asset(const schema::RecordView& /*record*/, AssetNumber /*number*/,
                              const DefineAsset& /*stated*/) override {
        return {};
    }
    Result<void> open_account(const schema::RecordView& /*record*/, AccountNumber /*number*/,
                              const OpenAccount& /*stated*/) override {
        return {};
    }
    Result<void> set_state(const schema::RecordView& /*record*/, AccountNumber /*number*/,
                           AccountState /*state*/) override {
        return {};
    }
    Result<void> set_limits(const schema::RecordView& /*record*/, AccountNumber /*number*/,
                            const Limits& /*limits*/) override {
        return {};
    }
    Result<void> reverse(const schema::RecordView& /*record*/, const Remark& /*remark*/) override {
        return {};
    }
    Result<void> put_hold(const schema::RecordView& /*record*/, EntryId /*id*/,
                          const Hold& /*hold*/) override {
        return {};
    }
    Result<void> touch(const schema::RecordView& /*record*/) override { return {}; }
};

// What is printed of a record reads back as the same command.
void check_line(const schema::RecordView& record, const Command& command) {
    static json::RecordLine writer = [] {
        json::RecordLine made;
        made.set_block(schema::BlockFacts{}, Id128{{1}});
        return made;
    }();
    std::string line;
    must(writer.write(record, line).has_value(), "a record whose command reads has a line");
    must(!line.empty() && line.back() == '\n' && line.find('\n') == line.size() - 1,
         "a record is one line");
    const auto read = json::read_record(line.substr(0, line.size() - 1));
    if (read) must(read->command == command, "a line says the record's command");
}

void check_record(Bytes bytes, bool is_printed) {
    const auto record = schema::RecordView::parse(bytes);
    if (!record) return;
    for (std::size_t i = 0; i < record->touch_count(); ++i)
        static_cast<void>(record->touch(i));
    must(record->remarks().size() == record->remark_count(), "each remark is read");
    static_cast<void>(schema::peek_transfer_record(bytes));
    Nowhere nowhere;
    static_cast<void>(schema::read_effects(*record, nowhere));
    static_cast<void>(schema::read_made_entry(*record, 1));
    const auto command = record->command();
    if (!command) return;
    must(kind_of(*command) == record->kind(), "a record has a command of its kind");
    must(key_of(*command) == record->key(), "a record has its command's key");
    const auto made = schema::read_made_entries(*record, *command);
    if (made) {
        for (const auto& entry : *made)
            must(entry.id.seq() == record->seq(), "what a record made has its Seq");
    }
    const auto origins = schema::read_touch_origins(*record, *command);
    if (origins) {
        std::size_t touches = 0;
        for (const auto& origin : *origins)
            touches += origin.touch_count;
        must(record->verdict() != Verdict::accepted || touches == record->touch_count(),
             "each touch has its origin");
    }
    if (is_printed) check_line(*record, *command);
}

template <typename T>
T load(std::span<const std::byte> bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// Makes the checksums of records right whose place in the index is possible.
void put_checksums(std::span<std::byte> stored) {
    const auto header = load<journal::BlockHeader>(stored, 0);
    for (std::size_t i = 0; i < header.record_count; ++i) {
        const std::size_t at = header.index_offset + i * sizeof(journal::IndexEntry);
        auto entry = load<journal::IndexEntry>(stored, at);
        const auto start = sizeof header + std::size_t{entry.offset};
        if (start + entry.length > stored.size()) continue;
        entry.checksum =
            XXH3_64bits_withSeed(stored.data() + start, entry.length, header.first_seq + i);
        std::memcpy(stored.data() + at, &entry, sizeof entry);
    }
}

void check_block(Bytes bytes, unsigned char what) {
    std::vector<std::byte> room(bytes.begin(), bytes.end());
    const std::span<std::byte> stored{room};
    if ((what & right_hash) != 0 && stored.size() >= sizeof(journal::BlockHeader)) {
        const auto hash = journal::hash_of(journal::HashDomain::block_header,
                                           stored.first(offsetof(journal::BlockHeader, hash)));
        std::memcpy(stored.data() + offsetof(journal::BlockHeader, hash), &hash, sizeof hash);
    }
    if (!journal::BlockView::parse(stored)) return;
    if ((what & right_checksums) != 0) put_checksums(stored);
    const auto view = journal::BlockView::parse(stored);
    must(view.has_value(), "a header vouches for nothing but itself");
    const auto& info = view->info();
    bool all_read = true;
    for (std::size_t i = 0; i < info.record_count; ++i) {
        const auto record = view->record(info.first_seq.plus(i));
        all_read = all_read && record.has_value();
        if (record) check_record(*record, (what & as_line) != 0);
    }
    must(view->peaks().size() <= journal::kPeaksMax, "a block has at most 64 peaks");
    std::size_t visited = 0;
    const bool is_sound =
        view->verify([&](Seq /*seq*/, Bytes /*record*/) { ++visited; }).has_value();
    must(!is_sound || (all_read && visited == info.record_count),
         "all records of a block that verifies can be read");
    must(view->first_bad_seq() >= info.first_seq, "a bad Seq is one of the block's");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto what = parts.number();
    if ((what & block) != 0) return check_block(parts.rest(), what);
    check_record(parts.rest(), (what & as_line) != 0);
}

}  // namespace daybook::fuzz
