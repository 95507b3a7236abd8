// What `export` and `verify-export` print.
#pragma once

#include <string>

#include "export/manifest.h"
#include "export/verify_export.h"

namespace daybook::cli {

std::string export_json(const exports::Manifest& manifest, const std::string& directory);
void print_export(const exports::Manifest& manifest, const std::string& directory, double seconds);

std::string check_json(const exports::ExportCheck& check, const std::string& directory);
void print_check(const exports::ExportCheck& check, const std::string& directory);

}  // namespace daybook::cli
