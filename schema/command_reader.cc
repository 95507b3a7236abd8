// Verification sees bytes and offsets only; what else can be wrong before the form is checked, is
// checked here. Texts are copied after their length, since many references may share one string.
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "ledger/form.h"
#include "schema/command_tables.h"
#include "schema/message.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

using flatbuffers::Offset;
using flatbuffers::String;
using flatbuffers::Vector;
using Read = std::expected<Command, Malformation>;

std::string_view view_of(const String* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}
std::string text_of(const String* text) {
    return std::string{view_of(text)};
}

AccountRef account_from(std::uint64_t number, const String* code) {
    return {AccountNumber{number}, text_of(code)};
}

// A copy of each struct of a vector: its bytes may stand at any address.
template <typename Struct>
std::vector<Struct> structs_in(const Vector<const Struct*>& stored) {
    std::vector<Struct> structs(stored.size());
    if (!structs.empty())
        std::memcpy(structs.data(), stored.Data(), structs.size() * sizeof(Struct));
    return structs;
}

template <typename Table>
Limits limits_of(const Table& table) {
    Limits limits;
    if (table.min() != nullptr) limits.min = signed_amount_from(*table.min());
    if (table.max() != nullptr) limits.max = signed_amount_from(*table.max());
    return limits;
}

template <typename Table>
Particulars particulars_of(const Table& table) {
    return {text_of(table.reference()), table.unique_reference(), text_of(table.description()),
            table.tag() == nullptr ? Id128{} : from_wire(*table.tag()),
            Stamp{table.effective_at()}};
}

// Hands out the codes of a list, one for each account number that is 0.
class CodeList {
public:
    explicit CodeList(const Vector<Offset<String>>* codes) : codes_{codes} {}

    Malformation name(AccountRef& account) {
        if (!account.number.is_none()) return Malformation::none;
        if (is_used_up()) return Malformation::account_reference;
        const auto text = view_of(codes_->Get(next_++));
        if (text.size() > kAccountCodeBytesMax) return Malformation::account_code;
        account.code = text;
        return Malformation::none;
    }
    bool is_used_up() const { return codes_ == nullptr || next_ == codes_->size(); }

private:
    const Vector<Offset<String>>* codes_;
    flatbuffers::uoffset_t next_ = 0;
};

Malformation read_postings(const wire::PostEntry& entry, std::vector<Posting>& postings) {
    CodeList codes{entry.codes()};
    if (entry.postings() == nullptr) return Malformation::posting_count;
    if (entry.postings()->size() > kPostingsMax) return Malformation::posting_count;
    postings.reserve(entry.postings()->size());
    for (const auto& stored : structs_in(*entry.postings())) {
        Posting posting{AccountRef{AccountNumber{stored.account()}, {}},
                        static_cast<Side>(stored.side()), amount_from(stored.amount())};
        const auto wrong = codes.name(posting.account);
        if (wrong != Malformation::none) return wrong;
        if (stored.reserved1() != 0 || stored.reserved2() != 0 || stored.reserved3() != 0) {
            return Malformation::reserved_not_zero;
        }
        postings.push_back(std::move(posting));
    }
    return codes.is_used_up() ? Malformation::none : Malformation::account_reference;
}

Malformation read_rate(const wire::PostEntry& entry, std::optional<Rate>& rate) {
    const auto* stored = entry.rate();
    if (stored == nullptr) {
        return entry.residue_code() == nullptr ? Malformation::none : Malformation::rate;
    }
    if (stored->reserved1() != 0 || stored->reserved2() != 0 || stored->reserved3() != 0) {
        return Malformation::reserved_not_zero;
    }
    rate =
        Rate{stored->numerator(), stored->denominator(), static_cast<Rounding>(stored->rounding()),
             account_from(stored->residue(), entry.residue_code())};
    return Malformation::none;
}

Malformation read_require(const wire::Command& command, Preconditions& require) {
    CodeList codes{command.codes()};
    if (command.require() == nullptr) {
        return codes.is_used_up() ? Malformation::none : Malformation::account_reference;
    }
    if (command.require()->size() > kPreconditionsMax) return Malformation::precondition_count;
    for (const auto& stored : structs_in(*command.require())) {
        Precondition condition{
            AccountRef{AccountNumber{stored.account()}, {}}, static_cast<Measure>(stored.measure()),
            static_cast<Comparison>(stored.comparison()), signed_amount_from(stored.value())};
        const auto wrong = codes.name(condition.account);
        if (wrong != Malformation::none) return wrong;
        if (stored.reserved1() != 0 || stored.reserved2() != 0) {
            return Malformation::reserved_not_zero;
        }
        require.push_back(std::move(condition));
    }
    return codes.is_used_up() ? Malformation::none : Malformation::account_reference;
}

// One overload a kind.

Read read(const Id128& key, const wire::DefineAsset& asset) {
    return DefineAsset{key, text_of(asset.code()), asset.scale()};
}

Read read(const Id128& key, const wire::OpenAccount& account) {
    return OpenAccount{key, text_of(account.code()), text_of(account.asset()),
                       static_cast<AccountType>(account.type()), limits_of(account)};
}

Read read(const Id128& key, const wire::PostEntry& entry) {
    PostEntry result{key, {}, particulars_of(entry), static_cast<Balancing>(entry.balancing())};
    auto wrong = read_postings(entry, result.postings);
    if (wrong == Malformation::none) wrong = read_rate(entry, result.rate);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return result;
}

Read read(const Id128& key, const wire::VoidKey& stated) {
    if (stated.reserved()) return std::unexpected{Malformation::reserved_not_zero};
    return VoidKey{key};
}

Read read(const Id128& key, const wire::PlaceHold& hold) {
    return PlaceHold{key,
                     account_from(hold.debit(), hold.debit_code()),
                     account_from(hold.credit(), hold.credit_code()),
                     amount_from(*hold.amount()),
                     Stamp{hold.expires_at()},
                     particulars_of(hold)};
}

Read read(const Id128& key, const wire::CaptureHold& capture) {
    if (!capture.hold()) return std::unexpected{Malformation::entry_id};
    CaptureHold result{key, EntryId{*capture.hold()}, std::nullopt, capture.is_final(),
                       particulars_of(capture)};
    if (capture.amount() != nullptr) result.amount = amount_from(*capture.amount());
    return result;
}

Read read(const Id128& key, const wire::ReleaseHold& release) {
    if (!release.hold()) return std::unexpected{Malformation::entry_id};
    return ReleaseHold{key, EntryId{*release.hold()}, particulars_of(release)};
}

Read read(const Id128& key, const wire::ExpireHold& expiry) {
    if (!key.is_none()) return std::unexpected{Malformation::reserved_not_zero};
    if (!expiry.hold()) return std::unexpected{Malformation::entry_id};
    return ExpireHold{EntryId{*expiry.hold()}};
}

Read read(const Id128& key, const wire::ReverseEntry& reversal) {
    if (!reversal.entry()) return std::unexpected{Malformation::entry_id};
    ReverseEntry result{key, EntryId{*reversal.entry()}, {}, particulars_of(reversal)};
    if (reversal.amounts() == nullptr) return result;
    if (reversal.amounts()->size() > kPostingsMax || reversal.amounts()->size() == 0) {
        return std::unexpected{Malformation::reversal_amounts};
    }
    for (const auto& amount : structs_in(*reversal.amounts()))
        result.amounts.push_back(amount_from(amount));
    return result;
}

Read read(const Id128& key, const wire::SetAccountState& stated) {
    return SetAccountState{key, account_from(stated.account(), stated.code()),
                           static_cast<AccountState>(stated.state()), particulars_of(stated)};
}

Read read(const Id128& key, const wire::SetLimits& stated) {
    return SetLimits{key, account_from(stated.account(), stated.code()), limits_of(stated),
                     particulars_of(stated)};
}

Read read(const Id128& key, const wire::Atomic& atomic) {
    Atomic result{key, {}};
    const auto* members = atomic.members();
    FrameReader frames{std::as_bytes(std::span{members->data(), members->size()})};
    while (!frames.is_at_end()) {
        if (result.members.size() == kMembersMax) {
            return std::unexpected{Malformation::member_count};
        }
        const auto frame = frames.next();
        if (!frame) return std::unexpected{frame.error()};
        auto member = decode_member(*frame);
        if (!member) return std::unexpected{member.error()};
        result.members.push_back(*std::move(member));
    }
    return result;
}

Read read_stated(const wire::Command& command) {
    const Id128 key = from_wire(*command.key());
    switch (command.stated_type()) {
        case wire::Stated::DefineAsset:
            return read(key, *command.stated_as_DefineAsset());
        case wire::Stated::OpenAccount:
            return read(key, *command.stated_as_OpenAccount());
        case wire::Stated::PostEntry:
            return read(key, *command.stated_as_PostEntry());
        case wire::Stated::VoidKey:
            return read(key, *command.stated_as_VoidKey());
        case wire::Stated::PlaceHold:
            return read(key, *command.stated_as_PlaceHold());
        case wire::Stated::CaptureHold:
            return read(key, *command.stated_as_CaptureHold());
        case wire::Stated::ReleaseHold:
            return read(key, *command.stated_as_ReleaseHold());
        case wire::Stated::ExpireHold:
            return read(key, *command.stated_as_ExpireHold());
        case wire::Stated::ReverseEntry:
            return read(key, *command.stated_as_ReverseEntry());
        case wire::Stated::SetAccountState:
            return read(key, *command.stated_as_SetAccountState());
        case wire::Stated::SetLimits:
            return read(key, *command.stated_as_SetLimits());
        case wire::Stated::Atomic:
            return read(key, *command.stated_as_Atomic());
        case wire::Stated::NONE:
            break;
    }
    return std::unexpected{Malformation::unknown_kind};
}

}  // namespace

Read read_command(const wire::Command& command) {
    auto result = read_stated(command);
    if (!result) return result;
    Preconditions require;
    const auto wrong = read_require(command, require);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    const bool takes_them = std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.require; }) {
                stated.require = std::move(require);
                return true;
            }
            return require.empty();
        },
        *result);
    if (!takes_them) return std::unexpected{Malformation::reserved_not_zero};
    return result;
}

}  // namespace daybook::schema
