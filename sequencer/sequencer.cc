#include "sequencer/sequencer.h"

#include "journal/writer.h"
#include "sequencer/loop.h"

namespace daybook::sequencer {

Sequencer::Sequencer(std::unique_ptr<Loop> loop) : loop_{std::move(loop)} {}
Sequencer::~Sequencer() = default;

Result<std::unique_ptr<Sequencer>> Sequencer::open(
    std::shared_ptr<journal::Environment> environment, const Options& options, Clock& clock) {
    auto writer = journal::Writer::open(environment);
    if (!writer) return std::unexpected{writer.error()};
    auto committer = CommitterThread::start(*std::move(writer));
    if (!committer) return std::unexpected{committer.error()};
    auto finder = RecordFinder::open(environment);
    if (!finder) return std::unexpected{finder.error()};
    auto loop = std::make_unique<Loop>(*std::move(finder), *std::move(committer), options, clock,
                                       environment->book());
    const auto recovered = loop->recover(environment);
    if (!recovered) return std::unexpected{recovered.error()};
    const auto bound = loop->bind();
    if (!bound) return std::unexpected{bound.error()};
    return std::unique_ptr<Sequencer>{new Sequencer{std::move(loop)}};
}

Result<void> Sequencer::run() {
    return loop_->run();
}
void Sequencer::stop() {
    loop_->stop();
}
Seq Sequencer::head() const {
    return loop_->head();
}

const Book& Sequencer::book() const {
    return loop_->book();
}

}  // namespace daybook::sequencer
