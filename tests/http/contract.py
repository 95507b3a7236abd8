"""The contract, http/openapi.json: which operation a request is, and whether an answer is as it says.

Clients ignore members that they do not know; these tests do not: what an answer has is declared.
"""
import json
import re
from datetime import datetime
from pathlib import Path

DOCUMENT = json.loads((Path(__file__).resolve().parents[2] / "http" / "openapi.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def resolve(node):
    """Follows a $ref; what stands beside it counts too."""
    while "$ref" in node:
        found = DOCUMENT
        for part in node["$ref"][2:].split("/"):
            found = found[part]
        node = {**found, **{name: value for name, value in node.items() if name != "$ref"}}
    return node


def has_type(value, kind):
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def check_text(value, schema, place):
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{place}: {value!r} does not match {schema['pattern']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{place}: {value!r} is too short or too long"
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            yield f"{place}: {value!r} is no time"


def check_object(value, schema, place):
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: {name} is missing"
    others = schema.get("additionalProperties", "properties" not in schema)
    for name, member in value.items():
        if name in properties:
            yield from check(member, properties[name], f"{place}/{name}")
        elif others is False:
            yield f"{place}: {name} is not known"
        elif isinstance(others, dict):
            yield from check(member, others, f"{place}/{name}")


def check(value, schema, place=""):
    """What is wrong with the value: one text each."""
    schema = resolve(schema)
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "oneOf" in schema:
        wrong = [list(check(value, each, place)) for each in schema["oneOf"]]
        if sum(not each for each in wrong) != 1:
            yield f"{place}: matches {sum(not each for each in wrong)} of {len(wrong)}: {wrong}"
    kinds = schema.get("type")
    if kinds is None:
        return
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if not any(has_type(value, kind) for kind in kinds):
        yield f"{place}: {value!r} is not {kinds}"
        return
    if isinstance(value, str):
        yield from check_text(value, schema, place)
    elif isinstance(value, dict):
        yield from check_object(value, schema, place)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{place}: has {len(value)} items"
        for index, item in enumerate(value):
            yield from check(item, schema.get("items", {}), f"{place}/{index}")
    elif has_type(value, "number") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{place}: {value} is out of range"


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def operation_of(method, address):
    """The operation of a request, or nothing: fixed parts win over {…}."""
    parts = address.split("?")[0].split("/")
    best = None
    for known, path, operation in operations():
        template = path.split("/")
        fits = known == method and len(template) == len(parts) and all(
            mine.startswith("{") and theirs or mine == theirs for mine, theirs in zip(template, parts))
        if fits and (best is None or path.count("{") < best[0].count("{")):
            best = (path, operation)
    return best


# Only where the case has them; check_headers says when for two of them.
CONDITIONAL = {"Daybook-Seq", "Idempotent-Replayed", "Preference-Applied", "Link", "ETag", "Cache-Control",
               "traceparent"}
EVERYWHERE = {"X-Request-Id", "Daybook-Head-Seq"}


def check_header(name, text):
    """What is wrong with a field of the contract."""
    schema = resolve(resolve(DOCUMENT["components"]["headers"][name])["schema"])
    is_number = schema.get("type") == "integer"
    if is_number and not text.isdecimal():
        yield f"the header {name} is no number: {text!r}"
    else:
        yield from check(int(text) if is_number else text, schema, f"the header {name}")


def check_headers(answer, declared):
    for name in declared:
        if name not in answer.headers and name not in CONDITIONAL:
            yield f"the header {name} is missing"
    for name, text in answer.headers.items():
        if name not in DOCUMENT["components"]["headers"]:
            if name.startswith(("Daybook-", "Idempotent")):
                yield f"the header {name} is not in the contract"
            continue
        if name not in declared and name not in EVERYWHERE:
            yield f"the header {name} is not in the contract of this answer"
        yield from check_header(name, text)


def check_pair(answer, body):
    """What header and body both say."""
    if not isinstance(body, dict):
        return
    pages = [name for name in ("next", "prev") if body.get(name) is not None]
    linked = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("Link", ""))
    if [name for _, name in linked] != pages or any(f"cursor={body[name]}" not in address for address, name in linked):
        yield f"Link is {answer.headers.get('Link')!r} of a page with {pages}"
    is_decided = answer.status in (201, 412, 422) and "seq" in body and "dry_run" not in body
    if is_decided and answer.headers.get("Daybook-Seq") != body["seq"]:
        yield f"Daybook-Seq is {answer.headers.get('Daybook-Seq')!r}, the body's seq {body['seq']!r}"


def check_problem(answer, body):
    if not isinstance(body, dict) or body.get("status") != answer.status:
        yield f"the body says {body!r}, the status line {answer.status}"


def check_answer(method, address, answer):
    """What is wrong with an answer (status, headers, body), as the contract has it."""
    for wrong in wrong_with(method, address, answer):
        yield f"{method} {address} {answer.status}: {wrong}: {answer.text[:400]}"


def wrong_with(method, address, answer):
    found = operation_of("GET" if method == "HEAD" else method, address)
    responses = found[1]["responses"] if found else DOCUMENT["components"]["responses"]
    # What is not in the contract is a problem all the same.
    expected = responses.get(str(answer.status)) if found or answer.status in (400, 404, 405, 408, 413, 431, 503) else None
    if expected is None:
        yield "the status is not in the contract"
        return
    expected = resolve(expected)
    yield from check_headers(answer, {"X-Request-Id": None, **expected.get("headers", {})})
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    content = expected.get("content", {})
    if content and kind not in content and not (found and found[0] == "/"):
        yield f"it is {kind!r}, not {list(content)}"
        return
    if method == "HEAD" or answer.status == 304 or not kind.endswith("json") or kind not in content:
        return
    try:
        body = answer.json()
    except ValueError as error:
        yield f"the body is not JSON: {error}"
        return
    yield from check(body, content[kind]["schema"])
    yield from check_pair(answer, body)
    if kind == "application/problem+json":
        yield from check_problem(answer, body)
