#include "cli/stored_record.h"

#include <chrono>
#include <string>

#include "cli/account_names.h"
#include "cli/name_source.h"
#include "journal/reader.h"
#include "projector/balances.h"
#include "schema/made_entry.h"
#include "schema/record.h"

namespace daybook::cli {

namespace {

std::unexpected<Error> unknown(const DataDirectory& data, const std::string& what) {
    return fail(ErrorCode::not_found, "the units of the amounts are not known: " + what +
                                          " (data directory '" + data.path().string() +
                                          "'); give minor units and --minor");
}

Result<StoredRecord> read_of_book(const DataDirectory& data, const Id128& book, Seq seq) {
    auto record = read_record(data, seq);
    if (!record) return unknown(data, record.error().detail);
    if (record->block.book != book) return unknown(data, "the server keeps another book");
    return record;
}

Result<std::vector<unsigned>> scales_of(const DataDirectory& data, Seq seq,
                                        const std::vector<AccountNumber>& accounts) {
    auto projection = data.open_projection();
    if (!projection) return unknown(data, projection.error().detail);
    const auto view = (*projection)->wait_for(seq, std::chrono::seconds{5});
    if (!view && view.error().code == ErrorCode::try_again) return std::unexpected{view.error()};
    if (!view) return unknown(data, view.error().detail);
    AccountNames names{open_names_here(*std::move(projection), nullptr)};
    std::vector<unsigned> scales;
    for (const auto account : accounts) {
        const auto scale = names.scale_of(account);
        if (!scale) return unknown(data, "there is no account " + names.code_of(account));
        scales.push_back(*scale);
    }
    return scales;
}

}  // namespace

Result<StoredRecord> read_record(const DataDirectory& data, Seq seq) {
    const auto environment = data.open_journal(journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    auto snapshot = journal::Snapshot::open(*environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto block = snapshot->block_of(seq);
    if (!block) return std::unexpected{block.error()};
    if (!*block) {
        return fail(ErrorCode::not_found, "there is no record " + std::to_string(seq.value()) +
                                              "; the journal reaches to " +
                                              std::to_string(snapshot->head_seq().value()));
    }
    const auto bytes = (*block)->record(seq);
    if (!bytes) return std::unexpected{bytes.error()};
    return StoredRecord{{bytes->begin(), bytes->end()}, (*block)->info()};
}

Result<unsigned> scale_of_hold(const DataDirectory& data, const Id128& book, EntryId hold) {
    const auto stored = read_of_book(data, book, hold.seq());
    if (!stored) return std::unexpected{stored.error()};
    const auto record = schema::RecordView::parse(stored->bytes);
    if (!record) return std::unexpected{record.error()};
    for (const auto& remark : record->remarks()) {
        const bool is_it = remark.kind == RemarkKind::hold && remark.id() == hold;
        if (!is_it || remark.index >= record->touch_count()) continue;
        const auto scales = scales_of(data, hold.seq(), {record->touch(remark.index).account});
        if (!scales) return std::unexpected{scales.error()};
        return scales->front();
    }
    return unknown(data, "record " + to_string(hold) + " placed no hold");
}

Result<std::vector<unsigned>> scales_of_entry(const DataDirectory& data, const Id128& book,
                                              EntryId entry) {
    const auto stored = read_of_book(data, book, entry.seq());
    if (!stored) return std::unexpected{stored.error()};
    const auto record = schema::RecordView::parse(stored->bytes);
    if (!record) return std::unexpected{record.error()};
    const auto made = schema::read_made_entry(*record, entry.member());
    if (!made) return std::unexpected{made.error()};
    if (!*made) return unknown(data, "record " + to_string(entry) + " posted no entry");
    if ((*made)->is_reversal) {
        return fail(ErrorCode::usage,
                    "entry " + to_string(entry) + " is itself a reversal; post a new entry");
    }
    std::vector<AccountNumber> accounts;
    for (const auto& posting : (*made)->postings)
        accounts.push_back(posting.account);
    return scales_of(data, entry.seq(), accounts);
}

}  // namespace daybook::cli
