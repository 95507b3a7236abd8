#include "export/origins.h"

#include <string>
#include <utility>

#include "schema/command_codec.h"
#include "schema/effects.h"

namespace daybook::exports {

Result<void> Origins::read(const schema::RecordView& record) {
    kind_ = record.kind();
    effective_at_ = {};
    origins_.clear();
    const Bytes bytes = record.command_bytes();
    if (kind_ == CommandKind::transfer && bytes.size() == schema::kTransferBytes) {
        Transfer transfer;
        const auto problem =
            schema::decode_transfer(bytes.first<schema::kTransferBytes>(), transfer);
        if (problem != Malformation::none) {
            return schema::bad_record(record, "its command is " + std::string{name_of(problem)});
        }
        effective_at_ = transfer.effective_at;
        return {};
    }
    auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    command_ = *std::move(command);
    auto origins = schema::read_touch_origins(record, *command_);
    if (!origins) return std::unexpected{origins.error()};
    origins_ = *std::move(origins);
    return {};
}

const schema::TouchOrigin* Origins::find(std::size_t touch) const {
    for (const auto& origin : origins_) {
        if (touch - origin.first_touch < origin.touch_count) return &origin;
    }
    return nullptr;
}

std::string_view Origins::kind(std::size_t touch) const {
    const auto* origin = find(touch);
    return name_of(origin == nullptr ? kind_ : origin->kind);
}

std::string_view Origins::reference(std::size_t touch) const {
    const auto* origin = find(touch);
    if (origin == nullptr || origin->particulars == nullptr) return {};
    return origin->particulars->reference;
}

std::string_view Origins::description(std::size_t touch) const {
    const auto* origin = find(touch);
    if (origin == nullptr || origin->particulars == nullptr) return {};
    return origin->particulars->description;
}

Stamp Origins::effective_at(std::size_t touch) const {
    const auto* origin = find(touch);
    return origin == nullptr ? effective_at_ : origin->effective_at;
}

}  // namespace daybook::exports
