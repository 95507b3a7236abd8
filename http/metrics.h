// Metrics: what /metrics tells. The HTTP thread's. Private to http/'s sources.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/facts_answer.h"

namespace daybook::http {

// What is measured of a message of the lane or of the server itself when /metrics is asked for.
struct Gauges {
    double head_seq = 0;
    double applied_seq = 0;
    double lag_records = 0;
    double lag_seconds = 0;
    double queue_depth = 0;
    double in_flight = 0;
    double connections = 0;
    double streams = 0;
    double is_connected = 0;
};

// How many commands were rejected for what, by name; what never happened is left out.
std::map<std::string, std::uint64_t> rejections_in(const schema::BookFacts& facts);

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    Metrics(Metrics&&) = delete;
    Metrics& operator=(Metrics&&) = delete;

    // `route` is static. `code` is the problem's, empty without one.
    void count(std::string_view route, unsigned status, std::string_view code,
               std::chrono::nanoseconds took);
    // Of the book: how many commands were rejected for what.
    void set_rejections(const std::map<std::string, std::uint64_t>& by_code);
    // The newest group commits, newest first; those noted before are known.
    void note_commits(const std::vector<schema::RecentBlock>& blocks);

    std::string text(const Gauges& gauges);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::http
