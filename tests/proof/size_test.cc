// How long a proof is in a journal that nobody writes for a test: its hashes are made up, but for
// those that follow from others, so that it holds.
#include <bit>
#include <random>

#include <catch2/catch.hpp>

#include "journal/sha256.h"
#include "ledger/decide.h"
#include "proof/proof_text.h"
#include "schema/command_codec.h"
#include "schema/record.h"

namespace daybook::proof {

namespace {

constexpr std::size_t kProofBytesMax = 2048;
constexpr std::uint64_t kRecords = 1'000'000'000;
constexpr Stamp kStamp{1'772'366'400'123'456'789};
constexpr std::uint64_t kRecordBytes = 352;  // of a transfer

class Made {
public:
    // No byte is zero: none is left out of the text.
    template <typename Value>
    Value value() {
        Value made;
        for (auto& byte : made.bytes)
            byte = static_cast<std::uint8_t>(random_() % 255 + 1);
        return made;
    }
    Path path(std::uint64_t index, std::uint64_t count) {
        Path made(inclusion_ranges(index, count).size());
        for (auto& hash : made)
            hash = value<Hash256>();
        return made;
    }
    journal::BlockInfo block(std::uint64_t number, std::uint64_t first_seq, std::uint32_t records) {
        return {.number = number,
                .first_seq = Seq{first_seq},
                .record_count = records,
                .stamp = kStamp,
                .payload_bytes = records * kRecordBytes,
                .book = book_,
                .previous = value<Hash256>(),
                .payload_root = value<Hash256>(),
                .history_root = value<Hash256>(),
                .hash = {}};
    }

private:
    std::mt19937_64 random_{1};  // NOLINT: the same bytes every time
    Id128 book_ = value<Id128>();
};

// A transfer with a tag, between two of ten million accounts that have moved billions.
std::vector<std::byte> transfer_at(Seq seq, Made& made) {
    const Transfer transfer{.key = made.value<Id128>(),
                            .debit = AccountNumber{9'876'543},
                            .credit = AccountNumber{1'234'567},
                            .amount = Amount{0, 12'345'678},
                            .tag = made.value<Id128>(),
                            .effective_at = {}};
    Decision decision;
    for (const auto account : {transfer.debit, transfer.credit}) {
        Touch touch{.account = account, .version = 1'234'567, .links = {}, .after = {}};
        touch.links = {TouchPointer{Seq{seq.value() - 77'777}, 1},
                       TouchPointer{Seq{98'765'432}, 1}};
        touch.after.posted_debits = Amount{0, 987'654'321'987};
        touch.after.posted_credits = Amount{0, 987'654'123'456};
        decision.touches.push_back(touch);
    }
    schema::CommandEncoder encoder;
    const auto command = encoder.encode(Command{transfer});
    std::vector<std::byte> record(schema::record_bytes(command.size(), decision));
    schema::encode_record(record, seq, ProducerId{1}, CommandKind::transfer, command, decision);
    CHECK(record.size() == kRecordBytes);
    return record;
}

// Of the first record of block 1, which has the longest paths, when each block has so many.
Inclusion inclusion(std::uint32_t records_a_block) {
    Made made;
    const std::uint64_t last = kRecords / records_a_block;
    const Seq seq{kRecords / 2};  // as many digits as any
    Inclusion proof{.seq = seq,
                    .record = transfer_at(seq, made),
                    .record_path = made.path(0, records_a_block),
                    .block = made.block(1, seq.value(), records_a_block),
                    .block_path = made.path(1, last),
                    .head = made.block(last, kRecords - records_a_block + 1, records_a_block)};
    proof.block.payload_root = *root_of(journal::hash_of(journal::HashDomain::leaf, proof.record),
                                        0, records_a_block, proof.record_path);
    proof.block.hash = hash_of(proof.block);
    proof.head.history_root = *root_of(leaf_of(proof.block), 1, last, proof.block_path);
    proof.head.hash = hash_of(proof.head);
    return proof;
}

Consistency consistency(std::uint64_t old_number) {
    Made made;
    Consistency proof{.old_head = made.block(old_number, old_number, 1),
                      .old_path = made.path(old_number, kRecords),
                      .head = made.block(kRecords, kRecords, 1)};
    proof.old_head.history_root = *root_before(old_number, kRecords, proof.old_path);
    proof.old_head.hash = hash_of(proof.old_head);
    proof.head.history_root =
        *root_of(leaf_of(proof.old_head), old_number, kRecords, proof.old_path);
    proof.head.hash = hash_of(proof.head);
    return proof;
}

template <typename Of>
std::size_t checked_size(const Of& proof) {
    CHECK_FALSE(find_fault(proof));
    const auto text = to_text(proof);
    const auto again = read_proof(text);
    REQUIRE(again);
    CHECK_FALSE(find_fault(std::get<Of>(*again)));
    return text.size();
}

}  // namespace

TEST_CASE("that a transfer is in a journal of a billion records is proven in 2 KiB",
          "[proof][I17]") {
    // A record a block, groups of commits, and blocks as full as they are at full speed.
    for (const std::uint32_t records : {1U, 2U, 30U, 129U, 4'097U, 8'190U, 27'000U, 32'769U})
        CHECK(checked_size(inclusion(records)) <= kProofBytesMax);
}

TEST_CASE("that a head extends another over a billion blocks is proven in 2 KiB", "[proof][I17]") {
    for (const std::uint64_t old_number :
         {1U, 2U, 12'345'678U, 536'870'911U, 536'870'912U, 999'999'998U})
        CHECK(checked_size(consistency(old_number)) <= kProofBytesMax);
}

}  // namespace daybook::proof
