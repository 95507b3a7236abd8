// Finding: the first place where what is stored is not what follows from the commands.
#pragma once

#include <string>

#include "base/seq.h"

namespace daybook::cli {

struct Finding {
    Seq seq;              // of the record; of the watermark for the projection's
    std::string account;  // code and number; empty when it is about no account
    std::string what;     // one sentence, or the name of the value that differs
    std::string stored;   // both empty when there is nothing to compare
    std::string recomputed;
};

}  // namespace daybook::cli
