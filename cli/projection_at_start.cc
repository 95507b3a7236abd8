#include "cli/projection_at_start.h"

#include <memory>
#include <string>

#include <spdlog/spdlog.h>

#include "cli/projection_check.h"
#include "projector/balances.h"
#include "projector/store.h"

namespace daybook::cli {

namespace {

// Why it must be built anew; empty when it need not. `not_found` and the like are the projector's
// to tell.
std::string what_is_wrong(const std::filesystem::path& directory, const Book& book, Seq head) {
    const auto balances = projector::Balances::open(directory);
    if (!balances) return {};
    const auto view = (*balances)->view();
    if (!view || view->watermark().seq != head) return {};
    const auto finding = compare_projection(*view, book);
    if (!finding) return finding.error().detail;
    if (!*finding) return {};
    return (*finding)->what + ": " + (*finding)->stored + " is stored, " + (*finding)->recomputed +
           " follows from the journal";
}

}  // namespace

Result<void> drop_projection_unless_sound(const std::filesystem::path& directory, const Book& book,
                                          Seq head) {
    const std::string why = what_is_wrong(directory, book, head);
    if (why.empty()) return {};
    spdlog::warn("projection {}: {}; rebuilding it from the journal", directory.string(), why);
    return projector::Store::remove(directory);
}

}  // namespace daybook::cli
