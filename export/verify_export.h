// ExportVerifier: whether exports are what their manifests say, and follow each other; recomputed
// from their files alone: no server, no journal. What passes agrees with itself. Whose it is tells
// the signature, or an anchor that is the chain's head.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "export/block_rebuilder.h"
#include "export/camt_check.h"
#include "export/export_finding.h"
#include "export/jsonl_check.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

enum class Signing { none, not_checked, valid };
std::string_view name_of(Signing signing);

struct ExportCheck {
    Manifest manifest;
    std::optional<ExportFinding> finding = {};
    Signing signing = Signing::none;
    // Whether the totals are those of the files. A JSONL cut from a later seq does not tell them
    // without the exports before it; camt.053 is of some accounts only.
    bool has_totals = true;
    // JSONL: records of this export, and of those before it, that no whole block confirms.
    std::vector<SeqRange> not_covered = {};
};

class ExportVerifier {
public:
    // With the path of a public key every manifest must be signed by its owner.
    explicit ExportVerifier(std::filesystem::path public_key = {})
        : public_key_{std::move(public_key)} {}

    // The next export, which must continue the one before. `not_found` and `bad_input` when there
    // is none, or its manifest is none. After a finding there is no further one.
    Result<ExportCheck> check(const std::filesystem::path& directory, const GoOn& go_on = {});

private:
    Result<void> check_signing(const std::filesystem::path& directory, ExportCheck& check) const;
    Found check_content(const std::filesystem::path& directory, ExportCheck& check,
                        const GoOn& go_on);
    // Forgets what only the next export of the same chain may go on with.
    void begin_anew();
    std::vector<SeqRange> not_covered() const;

    std::filesystem::path public_key_;
    std::optional<Manifest> before_;
    std::filesystem::path directory_before_;
    std::vector<SeqRange> not_covered_;  // of chains that are over
    std::optional<JsonlCheck> jsonl_;    // of the chain of exports that is being read
    CamtCheck camt_;
};

}  // namespace daybook::exports
