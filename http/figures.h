// Figures: what /readyz and /metrics tell, kept for a second. The HTTP thread's. Private to http/'s
// sources.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/waiting.h"
#include "schema/facts_answer.h"

namespace daybook::http {

// Asked for at most once a second, however many want to know.
struct Figures {
    std::optional<schema::BookFacts> facts;
    std::string metrics;
    Deadline facts_until = {};
    Deadline metrics_until = {};
    bool is_asking = false;
    std::vector<std::shared_ptr<Waiting<bool>>> waiting;  // for what is on its way

    // While it lives; then those who wait go on.
    struct Asking {
        explicit Asking(Figures& asked_for) : figures{asked_for} { figures.is_asking = true; }
        ~Asking() {
            figures.is_asking = false;
            for (const auto& each : std::exchange(figures.waiting, {}))
                each->give(true);
        }
        Asking(const Asking&) = delete;
        Asking& operator=(const Asking&) = delete;
        Asking(Asking&&) = delete;
        Asking& operator=(Asking&&) = delete;
        Figures& figures;
    };
};

}  // namespace daybook::http
