// Effects: what a record changed, read from the record itself; no rule runs again. For those who
// fold the journal into a state of their own.
#pragma once

#include "base/result.h"
#include "ledger/command.h"
#include "ledger/hold.h"
#include "ledger/numbers.h"
#include "schema/record.h"

namespace daybook::schema {

// Told in the order in which things happened within a record. Each refuses what cannot follow from
// what it was told before (`bad_record`).
class EffectSink {
public:
    EffectSink() = default;
    EffectSink(const EffectSink&) = default;
    EffectSink& operator=(const EffectSink&) = default;
    EffectSink(EffectSink&&) = default;
    EffectSink& operator=(EffectSink&&) = default;
    virtual ~EffectSink() = default;

    // Of an atomic, before what its members made; for those who want more than that.
    virtual Result<void> see_atomic(const RecordView& /*record*/, const Atomic& /*stated*/) {
        return {};
    }
    virtual Result<void> define_asset(const RecordView& record, AssetNumber number,
                                      const DefineAsset& stated) = 0;
    virtual Result<void> open_account(const RecordView& record, AccountNumber number,
                                      const OpenAccount& stated) = 0;
    virtual Result<void> set_state(const RecordView& record, AccountNumber number,
                                   AccountState state) = 0;
    virtual Result<void> set_limits(const RecordView& record, AccountNumber number,
                                    const Limits& limits) = 0;
    // One posting of an entry, in whole or in part; the remark is of kind `reversed`.
    virtual Result<void> reverse(const RecordView& record, const Remark& remark) = 0;
    // A new hold, or one after its next step.
    virtual Result<void> put_hold(const RecordView& record, EntryId id, const Hold& hold) = 0;
    // Called for each accepted record, also for one without touches.
    virtual Result<void> touch(const RecordView& record) = 0;
};

// Tells `sink` what an accepted record changed; of a rejected one there is nothing to tell.
// `damaged` when the record contradicts itself, or when the sink refuses.
Result<void> read_effects(const RecordView& record, EffectSink& sink);

// `damaged`: the record cannot be as it is.
std::unexpected<Error> bad_record(const RecordView& record, const std::string& why);

}  // namespace daybook::schema
