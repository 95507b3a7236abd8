// What a View holds on to: a read transaction and the environment it belongs to.
#pragma once

#include <memory>

#include "projector/balances.h"
#include "projector/groups.h"
#include "projector/lmdb_txn.h"
#include "projector/store.h"

namespace daybook::projector {

struct View::Pinned {
    std::shared_ptr<const Store> store;  // outlives the txn
    Txn txn;
    Watermark watermark;
    GroupReader groups{*store, txn.get()};
};

}  // namespace daybook::projector
