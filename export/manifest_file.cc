#include "export/manifest_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace daybook::exports {

Result<std::string> read_manifest_text(const std::filesystem::path& directory,
                                       std::string_view what, std::string_view maker) {
    const auto path = directory / kManifestName;
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
        std::string why = "there is no ";
        why.append(what).append(" in '").append(directory.string()).append("': it has no ");
        why.append(kManifestName).append("; name the directory that `");
        return fail(ErrorCode::not_found, why.append(maker).append("` made"));
    }
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) return fail(ErrorCode::no_permission, "cannot read '" + path.string() + "'");
    return text;
}

}  // namespace daybook::exports
