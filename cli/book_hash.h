// The hash of a book: one number for all that it holds, the same from the journal and from the
// projection, on every machine and compiler. Its rows are documented in docs/jsonl.md.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/book.h"
#include "projector/balances.h"

namespace daybook::cli {

Hash256 hash_of_book(const Book& book);
Result<Hash256> hash_of_book(const projector::View& view);

}  // namespace daybook::cli
