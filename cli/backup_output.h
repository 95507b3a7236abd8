// What the commands about backups and forks share: how far they are, what they say, and anchors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/block_source.h"
#include "backup/manifest.h"
#include "backup/rebuild.h"
#include "base/result.h"
#include "cli/anchors.h"
#include "cli/finding.h"
#include "cli/progress.h"
#include "json/line.h"

namespace daybook::cli {

// One line of progress after the other, until a signal asks to stop. Outlives what it is given to.
class Stages {
public:
    backup::GoOn go_on() {
        return [this](std::string_view doing, Seq done, Seq total) {
            return look(doing, done, total);
        };
    }

    // Before something else is printed.
    void end() { progress_.reset(); }

private:
    bool look(std::string_view doing, Seq done, Seq total);

    std::string doing_;
    std::optional<Progress> progress_;
};

// Every byte of the backup, and the anchors: the finding, if there is one.
Result<std::optional<Finding>> check_backup(const std::string& directory,
                                            const backup::Manifest& manifest,
                                            const std::vector<std::string>& anchors,
                                            Stages& stages);

// The error's line, and the exit code; that of the signal when one asked to stop.
int report_or_stop(const Error& error);

void print_finding(const Finding& finding);
void add_finding(json::Line& line, const Finding& finding);

// What a book that was built is: `data` … `chain head`.
void print_rebuilt(const backup::Rebuilt& rebuilt, const std::string& data, double seconds);
void add_rebuilt(json::Line& line, const backup::Rebuilt& rebuilt, const std::string& data);

}  // namespace daybook::cli
