// Subcommand, Option: the command line, as the subcommands declare it. A thin door in front of the
// parser library, which takes many seconds to compile in every file that sees it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
class Option;
}  // namespace CLI

namespace daybook::cli {

// Each call returns the option itself, so that they chain. Lives as long as its Subcommand.
class Option {
public:
    explicit Option(CLI::Option* option) : option_{option} {}

    Option* required();
    Option* positive();  // a number above 0
    Option* at_most(std::uint64_t most);
    Option* capture_default_str();  // the help text shows the variable's value as it is now
    Option* type_name(const std::string& name);
    Option* envname(const std::string& name);
    Option* needs(const std::string& other);
    Option* excludes(const Option* other);
    // Of a list: each occurrence takes one value, so that a positional may follow.
    Option* may_be_empty();  // else an empty value is a usage error
    Option* one_at_a_time();

private:
    CLI::Option* option_;
};

// The variables an option fills must outlive the parsing.
class Subcommand {
public:
    explicit Subcommand(CLI::App& app);
    ~Subcommand();
    Subcommand(const Subcommand&) = delete;
    Subcommand& operator=(const Subcommand&) = delete;
    Subcommand(Subcommand&&) = delete;
    Subcommand& operator=(Subcommand&&) = delete;

    Subcommand* add_subcommand(const std::string& name, const std::string& description);
    void require_subcommand(int count);
    void footer(const std::string& text);
    void callback(std::function<void()> callback);

    Option* add_flag(const std::string& name, bool& variable, const std::string& help);
    Option* add_option(const std::string& name, std::string& variable, const std::string& help);
    Option* add_option(const std::string& name, std::filesystem::path& variable,
                       const std::string& help);
    Option* add_option(const std::string& name, std::uint32_t& variable, const std::string& help);
    Option* add_option(const std::string& name, std::uint64_t& variable, const std::string& help);
    Option* add_option(const std::string& name, std::optional<std::string>& variable,
                       const std::string& help);
    Option* add_option(const std::string& name, std::optional<std::uint64_t>& variable,
                       const std::string& help);
    Option* add_option(const std::string& name, std::vector<std::string>& variable,
                       const std::string& help);
    // One added before, by its name (checked).
    Option* get_option(const std::string& name);

private:
    struct Added;

    CLI::App& app_;
    std::unique_ptr<Added> added_;
};

}  // namespace daybook::cli
