// CamtCheck: the statements of camt.053 exports that follow each other: of each account the opening
// and all entries give the closing, which the next export opens with.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "export/content_check.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

class CamtCheck {
public:
    // Each export must continue the one before (`why_not_adjacent`).
    Found check(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on);

private:
    std::map<std::string, std::string> closings_;  // by account: the line as it is written
};

}  // namespace daybook::exports
