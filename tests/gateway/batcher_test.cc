#include "gateway/batcher.h"

#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using std::chrono::milliseconds;

namespace {

struct Counted {
    std::size_t accepted = 0;
    std::size_t other = 0;
};

gateway::Batcher::OnReceipt counting(Counted& counted) {
    return [&counted](const Transfer&, const Result<schema::Receipt>& receipt) {
        const bool is_accepted = receipt && receipt->verdict == Verdict::accepted;
        ++(is_accepted ? counted.accepted : counted.other);
    };
}

}  // namespace

TEST_CASE("every transfer given to a batcher is reported once", "[gateway][batcher]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    Counted counted;
    gateway::Batcher batcher{*client, {100, std::chrono::microseconds{200}}, counting(counted)};
    for (std::uint64_t n = 1; n <= 2550; ++n) {
        REQUIRE(batcher.add(transfer(key_of_number(n), 1, 2, 1)));
    }
    REQUIRE(batcher.flush());
    CHECK(counted.accepted == 2550);
    CHECK(counted.other == 0);
}

TEST_CASE("a lone transfer goes out when it has lingered", "[gateway][batcher]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    Counted counted;
    gateway::Batcher batcher{*client, {1000, std::chrono::microseconds{100}}, counting(counted)};
    REQUIRE(batcher.add(transfer(key_of_number(1), 1, 2, 1)));
    for (int i = 0; i < 500 && counted.accepted == 0; ++i)
        REQUIRE(batcher.pump(milliseconds{10}));
    CHECK(counted.accepted == 1);
}
