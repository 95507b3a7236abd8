// Projector: folds the journal into the projection. Copies after-images; knows no accounting rules.
// Reads forward at its own pace and never holds the sequencer up.
//
// Threads: the one that calls run(); stop() may be called from any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "base/seq.h"
#include "journal/environment.h"

namespace daybook::projector {

class Projector {
public:
    // Opens or makes the projection in `directory`. One that is of another format, of another book,
    // or does not agree with the journal at its watermark is deleted and built again, with a log
    // line. `try_again` when another process projects there.
    static Result<std::unique_ptr<Projector>> open(std::shared_ptr<journal::Environment> journal,
                                                   const std::filesystem::path& directory);
    ~Projector();
    Projector(const Projector&) = delete;
    Projector& operator=(const Projector&) = delete;
    Projector(Projector&&) = delete;
    Projector& operator=(Projector&&) = delete;

    // Follows the journal until stop(). An error ends the projection's process; the journal is
    // safe.
    Result<void> run();
    void stop();

    // Applies everything the journal holds now, then returns.
    Result<void> catch_up();

    Seq watermark() const;

private:
    class Impl;
    explicit Projector(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::projector
