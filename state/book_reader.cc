#include <algorithm>
#include <cstring>
#include <utility>

#include "state/book_file.h"

namespace daybook::state {

namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 16;

Amount amount_from(Wide wide) {
    return Amount{wide.high, wide.low};
}

std::string text_from(Bytes bytes) {
    std::string text(bytes.size(), '\0');
    std::memcpy(text.data(), bytes.data(), bytes.size());
    return text;
}

SavedAccount account_from(const AccountRow& row) {
    SavedAccount account{.asset = AssetNumber{row.asset},
                         .type = static_cast<AccountType>(row.type),
                         .state = static_cast<AccountState>(row.state),
                         .limits = {},
                         .opened = Seq{row.opened},
                         .code = {},
                         .totals = {.posted_debits = amount_from(row.posted_debits),
                                    .posted_credits = amount_from(row.posted_credits),
                                    .held_debits = amount_from(row.held_debits),
                                    .held_credits = amount_from(row.held_credits)},
                         .version = row.version,
                         .history = {}};
    if ((row.bounds & kHasMin) != 0) account.limits.min = SignedAmount{row.min.high, row.min.low};
    if ((row.bounds & kHasMax) != 0) account.limits.max = SignedAmount{row.max.high, row.max.low};
    return account;
}

}  // namespace

std::string book_file_name(Seq seq) {
    return "book-" + std::to_string(seq.value());
}

BookReader::BookReader(std::unique_ptr<File> file, const BookHeader& header)
    : file_{std::move(file)}, header_{header}, body_{*file_, sizeof header, header.body_bytes} {}

std::unexpected<Error> BookReader::bad_file() const {
    return fail(ErrorCode::damaged, file_->path().string() + " is not what was written");
}

Result<BookReader> BookReader::open(const std::filesystem::path& directory, Seq seq) {
    auto file = File::open(directory / book_file_name(seq));
    if (!file) return std::unexpected{file.error()};
    BookHeader header;
    const auto bytes = std::as_writable_bytes(std::span{&header, 1});
    if (auto done = file->read(0, bytes); !done) return std::unexpected{done.error()};
    BookReader reader{std::make_unique<File>(*std::move(file)), header};
    const auto checksum = checksum_of(Bytes{bytes}.first(offsetof(BookHeader, header_checksum)));
    const bool is_ours = header.magic == kBookMagic && header.format_version == kFormatVersion &&
                         header.header_checksum == checksum && header.seq == seq.value();
    if (!is_ours) return reader.bad_file();
    return reader;
}

BookPlace BookReader::place() const {
    return {.book = header_.book,
            .seq = Seq{header_.seq},
            .block_number = header_.block_number,
            .stamp = Stamp{header_.stamp_ns},
            .block_hash = header_.block_hash};
}

Result<SavedAsset> BookReader::asset() {
    AssetRow row;
    if (auto done = body_.read_row(row); !done) return std::unexpected{done.error()};
    if (row.code_bytes > row.code.size()) return bad_file();
    return SavedAsset{.code = {row.code.data(), row.code_bytes}, .scale = row.scale};
}

Result<SavedAccount> BookReader::account() {
    AccountRow row;
    if (auto done = body_.read_row(row); !done) return std::unexpected{done.error()};
    if (row.version > kSeqMax.value() / 2) return bad_file();
    SavedAccount account = account_from(row);
    account.history = History::of_length(row.version);
    for (std::size_t i = 0; i < account.history.depth(); ++i) {
        std::uint64_t root = 0;
        if (auto done = body_.read_row(root); !done) return std::unexpected{done.error()};
        account.history.set_root(i, TouchPointer{root});
    }
    const auto code = body_.read(padded_to_8(row.code_bytes));
    if (!code) return std::unexpected{code.error()};
    account.code = text_from(code->first(row.code_bytes));
    return account;
}

Result<SavedHold> BookReader::hold() {
    HoldRow row;
    if (auto done = body_.read_row(row); !done) return std::unexpected{done.error()};
    const auto remaining = amount_from(row.remaining);
    const auto captured = amount_from(row.captured);
    const auto amount = checked_add(remaining, captured);
    if (!amount) return bad_file();
    return SavedHold{.id = EntryId{row.id},
                     .hold = {.debit = AccountNumber{row.debit},
                              .credit = AccountNumber{row.credit},
                              .amount = *amount,
                              .remaining = remaining,
                              .captured = captured,
                              .expires_at = Stamp{row.expires_at_ns},
                              .state = HoldState::open}};
}

Result<EndedHold> BookReader::ended() {
    EndedRow row;
    if (auto done = body_.read_row(row); !done) return std::unexpected{done.error()};
    return EndedHold{.id = EntryId{row.id}, .state = static_cast<HoldState>(row.state)};
}

Result<ReversedEntry> BookReader::reversed() {
    ReversedRow row;
    if (auto done = body_.read_row(row); !done) return std::unexpected{done.error()};
    ReversedEntry entry{.id = EntryId{row.id}, .amounts = {}};
    for (std::uint64_t i = 0; i < row.posting_count; ++i) {
        Wide amount;
        if (auto done = body_.read_row(amount); !done) return std::unexpected{done.error()};
        entry.amounts.push_back(amount_from(amount));
    }
    return entry;
}

Result<void> BookReader::skip_rest() {
    while (!body_.is_at_end()) {
        const auto skipped = body_.read(std::min<std::uint64_t>(body_.left(), kPieceBytes));
        if (!skipped) return std::unexpected{skipped.error()};
    }
    return finish();
}

Result<void> BookReader::finish() {
    if (!body_.is_at_end() || body_.checksum() != header_.body_checksum) return bad_file();
    return {};
}

}  // namespace daybook::state
