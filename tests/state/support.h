// What tests of the snapshot share: flipping bits in its files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace daybook::tests {

inline std::string read_all(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline void write_all(const std::filesystem::path& path, const std::string& content) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
}

inline std::string with_flipped_bit(std::string content, std::size_t bit) {
    content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << (bit % 8)));
    return content;
}

}  // namespace daybook::tests
