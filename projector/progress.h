// Progress: a line every two seconds while the projection is far behind. The projector's thread.
#pragma once

#include <chrono>

#include "base/seq.h"

namespace daybook::projector {

class Progress {
public:
    // Says how far it is when there is more than a second's work left.
    void note(Seq applied, Seq head);

private:
    std::chrono::steady_clock::time_point noted_at_ = std::chrono::steady_clock::now();
    Seq noted_;
};

}  // namespace daybook::projector
