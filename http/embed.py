"""Writes the files that the gateway serves as C++: embed.py SOURCE_DIR OUTPUT FILE..."""
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
}


def literal(data):
    """Pieces of at most 8 KiB, as compilers limit the length of one literal."""
    for start in range(0, len(data), 8192):
        piece = data[start:start + 8192]
        yield '    "' + "".join(f"\\{byte:03o}" if byte < 32 or byte > 126 or byte in b'"\\?' else chr(byte)
                                for byte in piece) + '"\n'


def main():
    source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(pathlib.Path(name) for name in sys.argv[3:])
    out = ['// Written by http/embed.py.\n#include "http/files.h"\n\nnamespace daybook::http {\n\nnamespace {\n\n']
    rows = []
    for number, file in enumerate(files):
        data = (source / file).read_bytes()
        etag = hashlib.sha256(data).hexdigest()[:32]
        kind = TYPES.get(file.suffix, "application/octet-stream")
        out.append(f"constexpr char kFile{number}[] =\n" + "".join(literal(data) or ['    ""\n']) + ";\n")
        rows.append(f'    {{"{file.as_posix()}", "{kind}", "\\"{etag}\\"", {{kFile{number}, {len(data)}}}}},\n')
    out.append("constexpr File kFiles[] = {\n" + "".join(rows) + "};\n\n}  // namespace\n\n")
    out.append("const File* find_file(std::string_view path) {\n    for (const auto& file : kFiles) {\n"
               "        if (file.path == path) return &file;\n    }\n    return nullptr;\n}\n\n}  // namespace daybook::http\n")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("".join(out))


main()
