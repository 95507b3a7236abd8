// Writing a book file: the one before is read along, and what has changed is written instead.
#include <algorithm>
#include <utility>

#include "state/book_file.h"

namespace daybook::state {

namespace {

namespace fs = std::filesystem;

template <typename Number>
Wide to_wide(Number number) {
    return {.low = number.low(), .high = number.high()};
}

template <typename Row>
Bytes bytes_of(const Row& row) {
    return std::as_bytes(std::span{&row, 1});
}

class BookWriter {
public:
    BookWriter(File& file, const BookChanges& changes)
        : file_{file}, changes_{changes}, body_{file, sizeof(BookHeader)} {}

    Result<void> write(BookReader* before) {
        auto done = write_assets(before);
        if (done) done = write_accounts(before);
        if (done) done = write_holds(before);
        if (done) done = write_ended(before);
        if (done) done = write_reversed(before);
        if (done && before != nullptr) done = before->finish();
        if (done) done = body_.flush();
        return done;
    }

    Result<void> finish(const BookPlace& place) {
        header_.book = place.book;
        header_.seq = place.seq.value();
        header_.block_number = place.block_number;
        header_.stamp_ns = place.stamp.nanoseconds();
        header_.block_hash = place.block_hash;
        header_.body_bytes = body_.size();
        header_.body_checksum = body_.checksum();
        header_.header_checksum =
            checksum_of(bytes_of(header_).first(offsetof(BookHeader, header_checksum)));
        if (auto done = file_.write(0, bytes_of(header_)); !done) return done;
        return file_.sync();
    }

private:
    Result<void> write_assets(BookReader* before) {
        const std::uint64_t count = before == nullptr ? 0 : before->header().asset_count;
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto asset = before->asset();
            if (!asset) return std::unexpected{asset.error()};
            if (auto done = put(*asset); !done) return done;
        }
        for (const SavedAsset& asset : changes_.new_assets()) {
            if (auto done = put(asset); !done) return done;
        }
        header_.asset_count = count + changes_.new_assets().size();
        return {};
    }

    Result<void> write_accounts(BookReader* before) {
        const std::uint64_t count = before == nullptr ? 0 : before->header().account_count;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto account = before->account();
            if (!account) return std::unexpected{account.error()};
            changes_.apply_to(AccountNumber{i + 1}, *account);
            if (auto done = put(*account); !done) return done;
        }
        std::uint64_t number = count;
        for (const SavedAccount& opened : changes_.new_accounts()) {
            SavedAccount account{.asset = opened.asset,
                                 .type = opened.type,
                                 .state = opened.state,
                                 .limits = opened.limits,
                                 .opened = opened.opened,
                                 .code = opened.code,
                                 .totals = {},
                                 .version = 0,
                                 .history = {}};
            changes_.apply_to(AccountNumber{++number}, account);
            if (auto done = put(account); !done) return done;
        }
        header_.account_count = number;
        return {};
    }

    // Both are in the order of their ids: what is in the changes takes the place of what was.
    Result<void> write_holds(BookReader* before) {
        const std::uint64_t count = before == nullptr ? 0 : before->header().hold_count;
        auto changed = changes_.holds().begin();
        const auto put_changed_before = [&](std::optional<EntryId> id) -> Result<void> {
            for (; changed != changes_.holds().end() && (!id || changed->first < *id); ++changed) {
                if (changed->second.state != HoldState::open) continue;
                if (auto done = put(changed->first, changed->second); !done) return done;
            }
            return {};
        };
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto saved = before->hold();
            if (!saved) return std::unexpected{saved.error()};
            if (auto done = put_changed_before(saved->id); !done) return done;
            if (changed != changes_.holds().end() && changed->first == saved->id) continue;
            if (auto done = put(saved->id, saved->hold); !done) return done;
        }
        return put_changed_before(std::nullopt);
    }

    Result<void> write_ended(BookReader* before) {
        const std::uint64_t count = before == nullptr ? 0 : before->header().ended_count;
        auto changed = changes_.holds().begin();
        const auto put_changed_before = [&](std::optional<EntryId> id) -> Result<void> {
            for (; changed != changes_.holds().end() && (!id || changed->first < *id); ++changed) {
                if (changed->second.state == HoldState::open) continue;
                if (auto done = put_ended(changed->first, changed->second.state); !done)
                    return done;
            }
            return {};
        };
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto saved = before->ended();
            if (!saved) return std::unexpected{saved.error()};
            if (auto done = put_changed_before(saved->id); !done) return done;
            if (auto done = put_ended(saved->id, saved->state); !done) return done;
        }
        return put_changed_before(std::nullopt);
    }

    Result<void> write_reversed(BookReader* before) {
        const std::uint64_t count = before == nullptr ? 0 : before->header().reversed_count;
        auto changed = changes_.reversed().begin();
        const auto put_changed_before = [&](std::optional<EntryId> id) -> Result<void> {
            for (; changed != changes_.reversed().end() && (!id || changed->first < *id);
                 ++changed) {
                if (auto done = put({changed->first, {}}, changed->second); !done) return done;
            }
            return {};
        };
        for (std::uint64_t i = 0; i < count; ++i) {
            auto saved = before->reversed();
            if (!saved) return std::unexpected{saved.error()};
            if (auto done = put_changed_before(saved->id); !done) return done;
            const bool is_changed =
                changed != changes_.reversed().end() && changed->first == saved->id;
            auto done = put(*std::move(saved), is_changed ? changed->second : Reversals{});
            if (!done) return done;
            if (is_changed) ++changed;
        }
        return put_changed_before(std::nullopt);
    }

    using Reversals = std::vector<std::optional<Amount>>;

    Result<void> put(const SavedAsset& asset) {
        AssetRow row{.scale = static_cast<std::uint8_t>(asset.scale),
                     .code_bytes = static_cast<std::uint8_t>(asset.code.size())};
        std::ranges::copy(asset.code, row.code.begin());
        return body_.append(bytes_of(row));
    }

    Result<void> put(const SavedAccount& account) {
        AccountRow row{.asset = account.asset.value(),
                       .type = static_cast<std::uint8_t>(account.type),
                       .state = static_cast<std::uint8_t>(account.state),
                       .bounds = 0,
                       .code_bytes = static_cast<std::uint8_t>(account.code.size()),
                       .opened = account.opened.value(),
                       .min = to_wide(account.limits.min.value_or(SignedAmount{})),
                       .max = to_wide(account.limits.max.value_or(SignedAmount{})),
                       .posted_debits = to_wide(account.totals.posted_debits),
                       .posted_credits = to_wide(account.totals.posted_credits),
                       .held_debits = to_wide(account.totals.held_debits),
                       .held_credits = to_wide(account.totals.held_credits),
                       .version = account.version};
        if (account.limits.min) row.bounds |= kHasMin;
        if (account.limits.max) row.bounds |= kHasMax;
        auto done = body_.append(bytes_of(row));
        for (std::size_t i = 0; i < account.history.depth(); ++i) {
            const std::uint64_t root = account.history.root(i).bits();
            if (done) done = body_.append(bytes_of(root));
        }
        if (done) done = body_.append(as_bytes(account.code));
        if (done) done = body_.pad();
        return done;
    }

    Result<void> put(EntryId id, const Hold& hold) {
        ++header_.hold_count;
        const HoldRow row{.id = id.bits(),
                          .debit = hold.debit.value(),
                          .credit = hold.credit.value(),
                          .expires_at_ns = hold.expires_at.nanoseconds(),
                          .remaining = to_wide(hold.remaining),
                          .captured = to_wide(hold.captured)};
        return body_.append(bytes_of(row));
    }

    Result<void> put_ended(EntryId id, HoldState state) {
        ++header_.ended_count;
        const EndedRow row{.id = id.bits(), .state = static_cast<std::uint64_t>(state)};
        return body_.append(bytes_of(row));
    }

    Result<void> put(ReversedEntry entry, const Reversals& changed) {
        ++header_.reversed_count;
        entry.amounts.resize(std::max(entry.amounts.size(), changed.size()));
        for (std::size_t i = 0; i < changed.size(); ++i)
            entry.amounts[i] = changed[i].value_or(entry.amounts[i]);
        const ReversedRow row{.id = entry.id.bits(), .posting_count = entry.amounts.size()};
        auto done = body_.append(bytes_of(row));
        for (const Amount amount : entry.amounts) {
            const Wide wide = to_wide(amount);
            if (done) done = body_.append(bytes_of(wide));
        }
        return done;
    }

    File& file_;
    const BookChanges& changes_;
    SectionWriter body_;
    BookHeader header_;
};

}  // namespace

Result<void> write_book(const fs::path& directory, const BookPlace& place,
                        std::optional<Seq> before, const BookChanges& changes) {
    std::optional<BookReader> reader;
    if (before) {
        auto opened = BookReader::open(directory, *before);
        if (!opened) return std::unexpected{opened.error()};
        reader.emplace(*std::move(opened));
    }
    auto file = File::create(directory / book_file_name(place.seq));
    if (!file) return std::unexpected{file.error()};
    BookWriter writer{*file, changes};
    auto done = writer.write(reader ? &*reader : nullptr);
    if (done) done = writer.finish(place);
    return done;
}

}  // namespace daybook::state
