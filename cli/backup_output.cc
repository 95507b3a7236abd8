#include "cli/backup_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "backup/verify_backup.h"
#include "base/bytes.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "export/fork_text.h"

namespace daybook::cli {

bool Stages::look(std::string_view doing, Seq done, Seq total) {
    if (doing != doing_) {
        doing_ = doing;
        progress_.emplace(doing_, total.value());
    }
    progress_->look(done.value());
    return !is_stop_requested();
}

Result<std::optional<Finding>> check_backup(const std::string& directory,
                                            const backup::Manifest& manifest,
                                            const std::vector<std::string>& anchors,
                                            Stages& stages) {
    std::vector<Anchor> wanted;
    for (const auto& stated : anchors) {
        auto anchor = read_anchor(stated);
        if (!anchor) return std::unexpected{anchor.error()};
        wanted.push_back(*std::move(anchor));
    }
    AnchorCheck check{std::move(wanted)};
    std::optional<Finding> finding;
    journal::BlockInfo last;
    const auto see = [&](const journal::BlockInfo& block) -> Result<void> {
        last = block;
        if (!finding) finding = check.see(block);
        return {};
    };
    const auto go_on = stages.go_on();
    if (auto sound = backup::verify_backup(directory, manifest, see, go_on); !sound) {
        return std::unexpected{sound.error()};
    }
    if (!finding) finding = check.end(last);
    return finding;
}

int report_or_stop(const Error& error) {
    const int code = report(error);
    return is_stop_requested() ? exit_code_after_stop() : code;
}

void print_finding(const Finding& finding) {
    fmt::print("FINDING at seq {}: {}\n", finding.seq.value(), finding.what);
    if (finding.stored == finding.recomputed) return;
    fmt::print("  stored      {}\n  expected    {}\n", finding.stored, finding.recomputed);
}

void add_finding(json::Line& line, const Finding& finding) {
    line.begin_object("finding");
    if (finding.seq != Seq{}) line.big("seq", finding.seq);
    line.text("what", finding.what);
    if (finding.stored != finding.recomputed) {
        line.text("stored", finding.stored).text("expected", finding.recomputed);
    }
    line.end_object();
}

void print_rebuilt(const backup::Rebuilt& rebuilt, const std::string& data, double seconds) {
    const std::uint64_t records = rebuilt.head.last_seq().value();
    fmt::print("data        {}\n", data);
    fmt::print("records     {}\n", records);
    fmt::print("blocks      {}\n", rebuilt.head.number);
    fmt::print("book        {}\n", to_hex(rebuilt.head.book.bytes));
    if (rebuilt.origin) fmt::print("fork of     {}\n", exports::describe(*rebuilt.origin));
    fmt::print("head seq    {}\n", records);
    fmt::print("chain head  {}{}\n", to_hex(rebuilt.head.hash.bytes),
               rebuilt.has_original_head ? " (that of the backup)" : "");
    fmt::print("seconds     {:.3f} ({:.0f} records/s)\n", seconds,
               static_cast<double>(records) / std::max(seconds, 1e-6));
}

void add_rebuilt(json::Line& line, const backup::Rebuilt& rebuilt, const std::string& data) {
    line.text("data", data).text("book", to_hex(rebuilt.head.book.bytes));
    exports::write_origin(line, rebuilt.origin);
    line.big("records", rebuilt.head.last_seq())
        .big("blocks", rebuilt.head.number)
        .big("head_seq", rebuilt.head.last_seq())
        .text("chain_head", to_hex(rebuilt.head.hash.bytes));
}

}  // namespace daybook::cli
