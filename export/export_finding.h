// The first place where an export is not what it says.
#pragma once

#include <cstdint>
#include <string>

#include "base/seq.h"

namespace daybook::exports {

struct ExportFinding {
    std::string file;
    std::uint64_t line = 0;  // from 1; 0: the file as a whole
    Seq seq;                 // none: about no one record
    std::string what;
    std::string stored;  // both empty when there is nothing to compare
    std::string recomputed;
};

}  // namespace daybook::exports
