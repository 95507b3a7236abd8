// Origins: what a record, or the member of an atomic that made a touch, said of itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/command.h"
#include "schema/record.h"
#include "schema/touch_origin.h"

namespace daybook::exports {

class Origins {
public:
    // `damaged` when the record contradicts itself. What is said is valid until the next call.
    Result<void> read(const schema::RecordView& record);

    std::string_view kind(std::size_t touch) const;
    std::string_view reference(std::size_t touch) const;
    std::string_view description(std::size_t touch) const;
    // None: not stated.
    Stamp effective_at(std::size_t touch) const;

private:
    const schema::TouchOrigin* find(std::size_t touch) const;

    CommandKind kind_ = CommandKind::transfer;
    Stamp effective_at_;  // of a transfer, which says nothing else
    std::optional<Command> command_;
    std::vector<schema::TouchOrigin> origins_;
};

}  // namespace daybook::exports
