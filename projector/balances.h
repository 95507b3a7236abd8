// Balances: what the projection says, for readers in any process that may open its files.
// Every View is one consistent cut of the book, with the Seq it stands at.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "journal/readers.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "projector/values.h"

namespace daybook::projector {

// One thread at a time. Pins pages of the projection, so live for at most about a second beside a
// running projector.
class View {
public:
    ~View();
    View(View&& other) noexcept;
    View& operator=(View&& other) noexcept;
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    const Watermark& watermark() const;

    Result<std::optional<AccountNumber>> find(std::string_view code) const;
    // Nothing when there is no such number.
    Result<std::optional<AccountInfo>> account(AccountNumber number) const;
    Result<std::optional<Balance>> balance(AccountNumber number) const;
    Result<std::optional<AssetInfo>> asset(AssetNumber number) const;
    Result<std::optional<AssetInfo>> find_asset(std::string_view code) const;

    // Nothing when no open hold has this id.
    Result<std::optional<OpenHold>> hold(EntryId id) const;
    // Every open hold in the order of placing; stops when `visit` returns false.
    Result<void> for_each_hold(const std::function<bool(const OpenHold&)>& visit) const;
    // The reversals of an entry, in order; empty when there are none.
    Result<std::vector<EntryId>> reversals_of(EntryId entry) const;
    // Those of all entries that record `seq` made, the first `most` of them.
    Result<std::vector<Reversal>> reversals_in(Seq seq, std::size_t most) const;
    // How many postings of an entry a reversal of it reverses; nothing when it does not.
    Result<std::optional<std::uint64_t>> reversed_postings(EntryId original,
                                                           EntryId reversal) const;
    // The command, or the member of one, that has a unique reference; nothing when none has.
    Result<std::optional<EntryId>> find_reference(std::string_view reference) const;
    Result<Sizes> sizes() const;
    // How many records ended so, by rejection; the first are the accepted ones.
    Result<std::vector<std::uint64_t>> outcomes() const;

    // `account` as this view has it: with the state and the limits that record `seq` left.
    Result<AccountInfo> terms_at(AccountInfo account, Seq seq) const;
    // `account` with the state and the limits that record `until` ended; nothing when it ended
    // none.
    Result<std::optional<AccountInfo>> terms_until(AccountInfo account, Seq until) const;

    // Every account after the number `after`, in the order of opening; stops when `visit` returns
    // false.
    Result<void> for_each_account(
        const std::function<bool(const AccountInfo&, const Balance&)>& visit,
        AccountNumber after = {}) const;
    // The accounts with the code `path` or one that starts with `path` and a colon ("": every
    // account), in the order of their codes' bytes, those after the code `after` ("": all); stops
    // when `visit` returns false. The code is valid during the call only.
    Result<void> for_each_code_under(
        std::string_view path, std::string_view after,
        const std::function<bool(std::string_view code, AccountNumber number)>& visit) const;

private:
    friend class Balances;
    struct Pinned;
    explicit View(std::unique_ptr<Pinned> pinned);
    Result<void> check_end(std::uint64_t number) const;
    std::unique_ptr<Pinned> pinned_;
};

// Thread-safe: views may be taken from several threads.
class Balances {
public:
    // `directory` is the projection's. `not_found` when there is none yet, `damaged` when it is of
    // another format. One handle a directory and process: a second shares the first's environment.
    static Result<std::unique_ptr<Balances>> open(const std::filesystem::path& directory);
    ~Balances();
    Balances(const Balances&) = delete;
    Balances& operator=(const Balances&) = delete;
    Balances(Balances&&) = delete;
    Balances& operator=(Balances&&) = delete;

    Result<View> view() const;

    // Waits until the projection has applied `seq` and returns a view that shows it; `try_again`
    // when `timeout` passes first.
    Result<View> wait_for(Seq seq, std::chrono::milliseconds timeout) const;

    // Who reads the projection now.
    Result<journal::OpenReaders> readers() const;

private:
    struct Impl;
    explicit Balances(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::projector
