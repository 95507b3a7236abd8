#include "export/check_lines.h"

#include <optional>

#include "export/line_reader.h"

namespace daybook::exports {

Found check_lines(const std::filesystem::path& path, const TakeLine& take, const TellSeq& at,
                  const GoOn& go_on) {
    constexpr std::uint64_t kLinesBetweenLooks = 4096;
    auto reader = LineReader::open(path);
    if (!reader) return std::unexpected{reader.error()};
    const auto wrong = [&](const Error& error, std::uint64_t line) {
        return ExportFinding{path.filename().string(), line, at(), error.detail, {}, {}};
    };
    while (true) {
        const auto line = reader->next();
        if (!line && line.error().code != ErrorCode::bad_input) {
            return std::unexpected{line.error()};
        }
        if (!line) return wrong(line.error(), reader->line() + 1);
        if (!*line) return std::optional<ExportFinding>{};
        if (const auto taken = take(reader->line(), **line); !taken) {
            return wrong(taken.error(), reader->line());
        }
        if (!go_on || reader->line() % kLinesBetweenLooks != 0) continue;
        if (!go_on(at())) return fail(ErrorCode::try_again, "stopped; run it again");
    }
}

}  // namespace daybook::exports
