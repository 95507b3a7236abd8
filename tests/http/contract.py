"""The contract, http/openapi.json: which operation a request is, and whether an answer is as it says."""
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
        datetime.fromisoformat(value)


def check_object(value, schema, place):
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: {name} is missing"
    others = schema.get("additionalProperties", True)
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


def check_answer(method, address, answer):
    """What is wrong with an answer (status, headers, body), as the contract has it."""
    found = operation_of("GET" if method == "HEAD" else method, address)
    if found is None:
        # Not in the contract: a problem all the same.
        assert answer.status in (400, 404, 405, 408, 413, 431, 503), (method, address, answer)
        expected = DOCUMENT["components"]["responses"][str(answer.status)]
    else:
        expected = found[1]["responses"].get(str(answer.status))
        if expected is None:
            yield f"{method} {address}: {answer.status} is not in the contract: {answer.text}"
            return
        expected = resolve(expected)
    for name in answer.headers:
        if name.startswith(("Daybook-", "Idempotent")) and name not in DOCUMENT["components"]["headers"]:
            yield f"{method} {address}: the header {name} is not in the contract"
    if "X-Request-Id" not in answer.headers:
        yield f"{method} {address}: no X-Request-Id"
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    content = expected.get("content", {})
    if content and kind not in content and not (found and found[0] == "/"):
        yield f"{method} {address}: {answer.status} is {kind}, not {list(content)}"
        return
    if method != "HEAD" and kind.endswith("json") and answer.status != 304 and kind in content:
        for wrong in check(answer.json(), content[kind]["schema"]):
            yield f"{method} {address} {answer.status}: {wrong}: {answer.text[:400]}"
    if kind == "application/problem+json" and method != "HEAD" and answer.json()["status"] != answer.status:
        yield f"{method} {address}: the body says {answer.json()['status']}, the status line {answer.status}"
