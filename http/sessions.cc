#include "http/sessions.h"

namespace daybook::http {

using std::chrono::steady_clock;

// Each time anew: what was not waiting then may be now.
void Sessions::interrupt_late() {
    const auto now = steady_clock::now();
    for (auto& entry : entries_) {
        if (entry.deadline > now) continue;
        entry.is_late = true;
        entry.interrupt();
    }
}

void Sessions::interrupt_idle() {
    for (auto& entry : entries_) {
        if (entry.is_idle) entry.interrupt();
    }
}

void Sessions::interrupt_all() {
    for (auto& entry : entries_) {
        entry.is_late = true;
        entry.interrupt();
    }
}

}  // namespace daybook::http
