// What is refused at the door, and creating a journal that is all there or not at all.
#include <array>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

#include <lmdb.h>

#include "journal/format.h"
#include "journal/meta_pages.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)

namespace {

Error refusal(const Place& place, Access access = Access::read_only) {
    return error_of(Environment::open(place.journal(), access));
}

void write_text(const fs::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

// Writes one entry into an LMDB environment as any program could.
void put_raw(const fs::path& directory, const char* database, std::uint64_t key, Bytes value) {
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    MDB_dbi dbi = 0;
    REQUIRE(mdb_env_create(&env) == 0);
    mdb_env_set_maxdbs(env, 4);
    mdb_env_set_mapsize(env, kMapBytes);
    REQUIRE(mdb_env_open(env, directory.c_str(), 0, 0600) == 0);
    REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
    REQUIRE(mdb_dbi_open(txn, database, MDB_CREATE, &dbi) == 0);
    std::uint64_t ordered = __builtin_bswap64(key);
    MDB_val key_val{sizeof ordered, &ordered};
    std::vector<std::byte> copy{value.begin(), value.end()};
    MDB_val value_val{copy.size(), copy.data()};
    REQUIRE(mdb_put(txn, dbi, &key_val, &value_val, 0) == 0);
    REQUIRE(mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

}  // namespace

TEST_CASE("a second writer is refused and told who holds the journal", "[journal][lock]") {
    const Place place;
    create(place);
    std::array<int, 2> ready{};
    std::array<int, 2> enough{};
    REQUIRE((pipe(ready.data()) == 0 && pipe(enough.data()) == 0));
    const pid_t holder = fork();
    REQUIRE(holder >= 0);
    char byte = 0;
    if (holder == 0) {
        const auto held = Environment::open(place.journal(), Access::read_write);
        const bool told = held && write(ready[1], "r", 1) == 1;
        _exit(told && read(enough[0], &byte, 1) == 1 ? 0 : 1);
    }
    REQUIRE(read(ready[0], &byte, 1) == 1);
    const Error error = refusal(place, Access::read_write);
    CHECK(error.code == ErrorCode::try_again);
    CHECK_THAT(error.detail, Catch::Contains("process " + std::to_string(holder)));
    CHECK(open(place, Access::read_only));  // readers are welcome meanwhile
    REQUIRE(write(enough[1], "e", 1) == 1);
    int status = 0;
    REQUIRE(waitpid(holder, &status, 0) == holder);
    CHECK(is_success(status));
    CHECK(open(place));
    for (const int fd : {ready[0], ready[1], enough[0], enough[1]})
        close(fd);
}

TEST_CASE("the writer's lock ends with its process", "[journal][lock]") {
    const Place place;
    create(place);
    const int status = status_of_child([&] {
        const auto writer = Writer::open(*Environment::open(place.journal(), Access::read_write));
        if (writer) kill(getpid(), SIGKILL);
        return false;
    });
    CHECK(WIFSIGNALED(status));
    CHECK(must(Writer::open(open(place)))->epoch() == 2);
}

TEST_CASE("opening one journal twice in a process is a bug", "[journal][L7]") {
    const Place place;
    create(place);
    CHECK(is_abort(status_of_child([&] {
        const auto first = Environment::open(place.journal(), Access::read_only);
        return Environment::open(place.journal(), Access::read_only).has_value();
    })));
    {
        const auto first = open(place, Access::read_only);
    }
    CHECK(open(place, Access::read_only));  // one after the other is fine
}

TEST_CASE("a directory that is no journal is refused in one line", "[journal][refusal]") {
    const Place place;
    CHECK(refusal(place).code == ErrorCode::not_found);
    write_text(place.journal(), "a file");
    CHECK(refusal(place).code == ErrorCode::not_found);
    fs::remove(place.journal());
    REQUIRE(mkdir(place.journal().c_str(), 0700) == 0);
    CHECK(refusal(place).code == ErrorCode::not_found);
    CHECK_THAT(refusal(place).detail, Catch::Contains("holds no journal"));
    write_text(place.data(), "");
    CHECK(refusal(place).code == ErrorCode::damaged);
    write_text(place.data(), std::string(100'000, 'x'));
    CHECK(refusal(place).code == ErrorCode::damaged);
    CHECK(refusal(place).detail.find('\n') == std::string::npos);
}

TEST_CASE("another program's LMDB file is refused", "[journal][refusal]") {
    const Place place;
    REQUIRE(mkdir(place.journal().c_str(), 0700) == 0);
    put_raw(place.journal(), "accounts", 1, as_bytes("something else"));
    CHECK(refusal(place).code == ErrorCode::damaged);
    CHECK_THAT(refusal(place).detail, Catch::Contains("another program's"));
    put_raw(place.journal(), kBlocksName, 0, as_bytes("not a block"));
    put_raw(place.journal(), kEpochsName, 0, as_bytes("x"));
    CHECK(refusal(place).code == ErrorCode::damaged);
}

TEST_CASE("a journal of another format version is refused", "[journal][refusal]") {
    const Place place;
    create(place);
    BlockHeader header;
    header.format_version = 7;
    put_raw(place.journal(), kBlocksName, 0, std::as_bytes(std::span{&header, 1}));
    CHECK(refusal(place).code == ErrorCode::damaged);
    CHECK_THAT(refusal(place).detail, Catch::Contains("another format version (7") &&
                                          Catch::Contains("export with the version that wrote it"));
}

TEST_CASE("a directory others can enter or own is refused", "[journal][refusal][D1]") {
    const Place place;
    create(place);
    REQUIRE(chmod(place.journal().c_str(), 0750) == 0);
    CHECK(refusal(place).code == ErrorCode::no_permission);
    CHECK_THAT(refusal(place).detail, Catch::Contains("chmod 700"));
    REQUIRE(chmod(place.journal().c_str(), 0700) == 0);
    if (geteuid() == 0) {
        REQUIRE(chown(place.journal().c_str(), 4711, 4711) == 0);
        CHECK(refusal(place).code == ErrorCode::no_permission);
        CHECK_THAT(refusal(place).detail, Catch::Contains("belongs to user 4711"));
    }
}

TEST_CASE("a truncated journal is refused without a crash", "[journal][refusal][D5]") {
    const Place place;
    create_with_blocks(place, 30);
    const int fd = ::open(place.data().c_str(), O_RDONLY);
    const MetaPage meta = must(newest_meta_page(fd));
    close(fd);
    fs::resize_file(place.data(), (meta.last_page + 1) * meta.page_bytes);
    CHECK(Environment::open(place.journal(), Access::read_only).has_value());
    for (const std::uint64_t size : {meta.last_page * meta.page_bytes, 3 * meta.page_bytes,
                                     std::uint64_t{4200}, std::uint64_t{100}}) {
        fs::resize_file(place.data(), size);
        CHECK(refusal(place).code == ErrorCode::damaged);
        CHECK(refusal(place, Access::read_write).code == ErrorCode::damaged);
        CHECK_THAT(refusal(place).detail, Catch::Contains("restore from a backup"));
    }
}

TEST_CASE("creating refuses to touch what is there", "[journal][create]") {
    const Place place;
    create(place);
    const auto again = [&] { return Environment::create(place.journal(), kBook, kStamp); };
    CHECK(error_of(again()).code == ErrorCode::cannot_create);
    fs::remove_all(place.journal());
    REQUIRE(mkdir(place.journal().c_str(), 0755) == 0);
    write_text(place.journal() / "notes.txt", "mine");
    CHECK(error_of(again()).code == ErrorCode::cannot_create);
    CHECK(fs::exists(place.journal() / "notes.txt"));
    CHECK_FALSE(fs::exists(place.root() / "journal.new"));
    fs::remove(place.journal() / "notes.txt");
    must(again());  // an empty directory may be replaced
    CHECK(open(place, Access::read_only));
    CHECK(error_of(Environment::create(place.root() / "no" / "journal", kBook, kStamp)).code ==
          ErrorCode::cannot_create);
}

TEST_CASE("a creation that was interrupted leaves nothing and is repeated", "[journal][create]") {
    const Place place;
    const fs::path building = place.root() / "journal.new";
    REQUIRE(mkdir(building.c_str(), 0700) == 0);
    write_text(building / "data.mdb", "half a meta page");
    CHECK_FALSE(Environment::exists(place.journal()));
    CHECK(refusal(place).code == ErrorCode::not_found);
    create(place);
    CHECK_FALSE(fs::exists(building));
    CHECK(open(place)->book() == kBook);
}

TEST_CASE("a creation that is killed leaves all of a journal or none", "[journal][create]") {
    const Place place;
    int finished = 0;
    for (int delay_us = 0; delay_us < 3000; delay_us += 50) {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            _exit(Environment::create(place.journal(), kBook, kStamp).has_value() ? 0 : 1);
        }
        usleep(static_cast<useconds_t>(delay_us));
        kill(child, SIGKILL);
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        if (Environment::exists(place.journal())) {
            ++finished;
        } else {
            create(place);
        }
        CHECK(must(Writer::open(open(place)))->head().number == 0);
        fs::remove_all(place.journal());
    }
    INFO(finished << " of 60 creations finished before they were killed");
    CHECK(finished < 60);
}

TEST_CASE("a path with a slash at its end names the same journal", "[journal][create]") {
    const Place place;
    must(Environment::create(place.journal().string() + "/", kBook, kStamp));
    CHECK(open(place));
}

}  // namespace daybook::journal
