#include "reconcile/camt053.h"

#include <algorithm>
#include <expat.h>
#include <memory>
#include <string>
#include <utility>

#include "ledger/form.h"
#include "reconcile/camt053_content.h"

namespace daybook::reconcile {

namespace {

constexpr std::string_view kMessage = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
constexpr char kSeparator = '|';  // between a namespace and a name
constexpr std::size_t kDepthMax = 32;
constexpr std::size_t kTextBytesMax = std::size_t{16} * 1024;

struct ParserDeleter {
    void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<XML_ParserStruct, ParserDeleter>;

// Between expat's calls and the content.
class Reader {
public:
    Reader(const Money& money, const CamtMap& map)
        : parser_{XML_ParserCreateNS(nullptr, kSeparator)}, content_{money, map} {}

    Result<std::vector<OutsideStatement>> read(std::string_view text) {
        if (!parser_) return fail(ErrorCode::try_again, "no memory for a reader of XML");
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(parser_.get(), on_begin, on_end);
        XML_SetCharacterDataHandler(parser_.get(), on_text);
        XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
        constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
        do {
            const auto piece = text.substr(0, kPieceBytes);
            text.remove_prefix(piece.size());
            const auto status = XML_Parse(parser_.get(), piece.data(),
                                          static_cast<int>(piece.size()), text.empty() ? 1 : 0);
            if (status != XML_STATUS_OK) return explain();
        } while (!text.empty());
        return content_.finish();
    }

private:
    std::unexpected<Error> explain() const {
        const auto at = "line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ": ";
        if (!problem_.empty()) return fail(ErrorCode::bad_input, at + problem_);
        return fail(ErrorCode::bad_input, at + "not XML (" +
                                              XML_ErrorString(XML_GetErrorCode(parser_.get())) +
                                              "); is the file cut?");
    }
    void stop(std::string problem) {
        if (!problem_.empty()) return;
        problem_ = std::move(problem);
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    void begin(std::string_view name, const XML_Char** attributes) {
        const auto separator = name.find(kSeparator);
        const bool is_ours =
            separator != std::string_view::npos && name.substr(0, separator).starts_with(kMessage);
        if (depth_ == 0) {
            if (!is_ours || name.substr(separator + 1) != "Document") {
                return stop("this is not a camt.053 statement, but '" + std::string{name} + "'");
            }
        }
        if (++depth_ > kDepthMax) return stop("too many elements inside each other");
        text_.clear();
        currency_.clear();
        if (depth_ == 1) return;
        // Elements of other messages keep their namespace, so that nobody takes them for ours.
        path_ += '/';
        path_ += is_ours ? name.substr(separator + 1) : name;
        for (; *attributes != nullptr; attributes += 2) {
            if (std::string_view{attributes[0]} == "Ccy") currency_ = attributes[1];
        }
        content_.begin(path_);
    }
    void end() {
        // Once stopped, the parser still closes what was open.
        if (!problem_.empty()) return;
        --depth_;
        if (depth_ == 0) return;
        const auto text = in_one_line(text_);
        if (!is_plain_text(text)) return stop("a text has control characters");
        if (auto done = content_.end(path_, text, currency_); !done) {
            return stop(done.error().detail);
        }
        path_.erase(path_.rfind('/'));
        text_.clear();
        currency_.clear();
    }
    void add(std::string_view text) {
        if (text_.size() + text.size() > kTextBytesMax) return stop("a text is too long");
        text_ += text;
    }

    static Reader& of(void* reader) { return *static_cast<Reader*>(reader); }
    static void on_begin(void* reader, const XML_Char* name, const XML_Char** attributes) {
        of(reader).begin(name, attributes);
    }
    static void on_end(void* reader, const XML_Char* /*name*/) { of(reader).end(); }
    static void on_text(void* reader, const XML_Char* text, int length) {
        of(reader).add({text, static_cast<std::size_t>(length)});
    }
    static void on_doctype(void* reader, const XML_Char* /*name*/, const XML_Char* /*system*/,
                           const XML_Char* /*public_id*/, int /*has_subset*/) {
        of(reader).stop("a document type is not taken");
    }

    Parser parser_;
    CamtContent content_;
    std::string problem_;
    std::size_t depth_ = 0;
    std::string path_;  // below the root
    std::string text_;
    std::string currency_;
};

}  // namespace

bool is_xml(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '<';
}

Result<std::vector<OutsideStatement>> read_camt053(std::string_view text, const Money& money,
                                                   const CamtMap& map) {
    return Reader{money, map}.read(text);
}

}  // namespace daybook::reconcile
