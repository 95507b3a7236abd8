// Reads outside statements from ISO 20022 XML: camt.053, the bank-to-customer statement, of any
// version. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "reconcile/rules.h"
#include "reconcile/statement.h"

namespace daybook::reconcile {

// XML begins with a tag; no CSV statement does.
bool is_xml(std::string_view text);

// The statements in the file, in its order: those of one account, each with its opening (OPBD, or
// PRCD) and closing balance (CLBD). Entries that are not booked, or move nothing, are counted only.
// `bad_input` names the line. What could make a small file large, a document type and entities of
// its own, is refused.
Result<std::vector<OutsideStatement>> read_camt053(std::string_view text, const Money& money,
                                                   const CamtMap& map = {});

}  // namespace daybook::reconcile
