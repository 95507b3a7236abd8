// JournalMaker: writes journals as the sequencer does, but can be told to record something else
// than what was decided. All checksums, roots and hashes are right either way.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "journal/block.h"
#include "journal/environment.h"
#include "journal/writer.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "schema/command_codec.h"
#include "schema/record.h"

namespace daybook::cli::test {

// A data directory, removed with everything in it.
class Place {
public:
    Place() {
        auto pattern = (std::filesystem::temp_directory_path() / "daybook_cli_XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~Place() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path journal() const { return path_ / "journal"; }
    std::filesystem::path projection() const { return path_ / "projection"; }

private:
    std::filesystem::path path_;
};

constexpr Id128 key(std::uint8_t number) {
    Id128 id;
    id.bytes[15] = number;
    return id;
}

class JournalMaker {
public:
    explicit JournalMaker(const Place& place) {
        const Id128 book{{1, 2, 3}};
        const Stamp stamp{1'772'366'400'000'000'000};
        REQUIRE(journal::Environment::create(place.journal(), book, stamp));
        auto environment = journal::Environment::open(place.journal(), journal::Access::read_write);
        REQUIRE(environment);
        auto writer = journal::Writer::open(*environment);
        REQUIRE(writer);
        environment_ = *std::move(environment);
        writer_ = *std::move(writer);
    }

    // What a test changes between deciding and recording.
    using Alter = std::function<void(Decision&)>;

    // Decides, applies, alters, and commits a block of this one record. Keys are not looked up.
    Seq add(const Command& command, const Alter& alter = {}) {
        return add_as(command, command, alter);
    }
    // As other rules would: records `command` with what is decided of `decided`.
    Seq add_as(const Command& decided, const Command& command, const Alter& alter = {}) {
        head_ = head_.next();
        decide(book_, facts_, decided, Turn{head_, writer_->head().stamp}, decision_);
        if (decision_.kind == Decision::Kind::accepted) apply(book_, head_, decision_);
        if (alter) alter(decision_);
        journal::BlockBuilder block{1 << 12};
        block.begin(head_, writer_->head().stamp);
        const auto bytes = encoder_.encode(command);
        schema::encode_record(block.append(schema::record_bytes(bytes.size(), decision_)), head_,
                              kLoopbackProducer, kind_of(command), bytes, decision_);
        REQUIRE(writer_->append(block));
        return head_;
    }

    // What is looked up for the commands from now on.
    void knows(Facts facts) { facts_ = std::move(facts); }

    // One asset and three accounts: 1 bank:cash, 2 users:alice and 3 users:bob without overdraft;
    // then 1,000 for Alice. Five records.
    void add_basics() {
        const Limits no_overdraft{SignedAmount{}, {}};
        add(DefineAsset{key(1), "USD", 2});
        add(OpenAccount{key(2), "bank:cash", "USD", AccountType::asset, {}});
        add(OpenAccount{key(3), "users:alice", "USD", AccountType::liability, no_overdraft});
        add(OpenAccount{key(4), "users:bob", "USD", AccountType::liability, no_overdraft});
        add(transfer(5, 1, 2, 1000));
    }

    static Transfer transfer(std::uint8_t key_number, std::uint64_t debit, std::uint64_t credit,
                             std::uint64_t amount) {
        return {key(key_number),
                AccountNumber{debit},
                AccountNumber{credit},
                Amount{0, amount},
                {},
                {}};
    }

    const std::shared_ptr<journal::Environment>& environment() const { return environment_; }
    const Book& book() const { return book_; }

private:
    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<journal::Writer> writer_;
    Book book_;
    Facts facts_;
    Decision decision_;
    schema::CommandEncoder encoder_;
    Seq head_;
};

}  // namespace daybook::cli::test
