#include "export/output_directory.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "export/manifest.h"

using namespace daybook;
using namespace daybook::exports;

namespace {

namespace fs = std::filesystem;

class Place {
public:
    Place() {
        auto name = (fs::temp_directory_path() / "daybook_export_XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Place() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;

    fs::path operator/(const char* name) const { return path_ / name; }

private:
    fs::path path_;
};

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}

std::string read(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string manifest_text() {
    Manifest manifest;
    manifest.book = Id128{{7}};
    manifest.genesis_stamp = Stamp{1};
    manifest.first_block.stamp = manifest.last_block.stamp = Stamp{2};
    manifest.from = manifest.to = Seq{1};
    manifest.totals = {{"USD", 2}};
    manifest.files = {{"journal.jsonl", 1, 1, {}}};
    return to_text(manifest);
}

void make_export(const fs::path& path, const std::string& text) {
    write(path / kManifestName, manifest_text());
    write(path / "journal.jsonl", text);
}

// Writes one to its end.
Result<void> export_to(OutputDirectory& directory) {
    REQUIRE(directory.add("journal.jsonl", "new"));
    REQUIRE(directory.add(kManifestName, manifest_text()));
    return directory.commit();
}

}  // namespace

TEST_CASE("an export that came while another was written is replaced by --force alone",
          "[export]") {
    const Place place;
    for (const bool must_replace : {false, true}) {
        auto directory = OutputDirectory::open(place / "out", must_replace);
        REQUIRE(directory);
        make_export(place / "out", "old");
        const auto done = export_to(*directory);
        CHECK(done.has_value() == must_replace);
        CHECK(read(place / "out" / "journal.jsonl") == (must_replace ? "new" : "old"));
        fs::remove_all(place / "out");
    }
    CHECK_FALSE(fs::exists(place / "out.partial"));
}

TEST_CASE("what is more than an export is not replaced, also when it came late", "[export]") {
    const Place place;
    auto directory = OutputDirectory::open(place / "out", true);
    REQUIRE(directory);
    make_export(place / "out", "old");
    write(place / "out" / "notes.txt", "ours");
    const auto done = export_to(*directory);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::cannot_create);
    CHECK(read(place / "out" / "notes.txt") == "ours");
    CHECK(read(place / "out" / "journal.jsonl") == "old");
    CHECK_FALSE(OutputDirectory::open(place / "out", true));
    fs::remove(place / "out" / "notes.txt");
    fs::create_directory(place / "out" / "inner");
    CHECK_FALSE(OutputDirectory::open(place / "out", true));
}

TEST_CASE("only what a manifest of an export names is replaced", "[export]") {
    const Place place;
    write(place / "other" / kManifestName, R"({"manifest_version":1})");
    CHECK_FALSE(OutputDirectory::open(place / "other", true));
    make_export(place / "real", "old");
    fs::create_directory_symlink(place / "real", place / "link");
    CHECK_FALSE(OutputDirectory::open(place / "link", true));
    CHECK(OutputDirectory::open(place / "real", true));
    CHECK(read(place / "real" / "journal.jsonl") == "old");
}

TEST_CASE("what no export left beside the place is kept", "[export]") {
    const Place place;
    write(place / "out.partial" / "precious.txt", "ours");
    CHECK_FALSE(OutputDirectory::open(place / "out", false));
    CHECK(read(place / "out.partial" / "precious.txt") == "ours");
    fs::rename(place / "out.partial" / "precious.txt", place / "out.partial" / "entries.csv");
    auto directory = OutputDirectory::open(place / "out", false);
    REQUIRE(directory);
    CHECK(export_to(*directory));
    CHECK_FALSE(fs::exists(place / "out" / "entries.csv"));
}
