"""A directive that writes the reference of a JSON Schema from the schema itself.

It knows the keywords that the report's schema uses. A schema with any other does not build, so
that nothing of it can be missing from the reference.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Schema = dict[str, Any]

OBJECT_TYPE = "field"
_NOTES = {"$schema", "$id", "$defs", "title", "description"}
_SHAPE = {"const", "enum", "type", "$ref", "anyOf", "items", "minimum", "maximum"}
_SHAPE |= {"minLength", "minItems", "maxItems", "pattern", "not"}
_FIELDS = {"properties", "required", "additionalProperties", "allOf", "if", "then", "else"}


class SchemaReference(SphinxDirective):
    """Every field of the schema whose path is the argument."""

    required_arguments = 1

    def run(self) -> list[Node]:
        """Return the reference as nodes."""
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        schema = json.loads(Path(path).read_text(encoding="utf-8"))
        try:
            text = "\n".join(reference(schema))
        except ValueError as error:
            raise self.error(f"{self.arguments[0]}: {error}") from error
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def reference(schema: Schema) -> Iterator[str]:
    """Yield the lines of a schema's reference, in Markdown.

    Raises:
        ValueError: a field has no description, or something is said that is not known here.
    """
    definitions = schema["$defs"]
    yield from ["## Fields", "", schema["description"], ""]
    yield from _fields(schema, "")
    yield from _section(schema, "## What goes together")
    for name, definition in definitions.items():
        if "properties" in definition:
            yield from [f"({_anchor(name)})=", f"## {name}", "", definition["description"], ""]
            yield from _fields(definition, f"{name}.")
            yield from _section(definition, "")
    yield from ["## Kinds of text", ""]
    for name, definition in definitions.items():
        if "properties" not in definition:
            yield from [f"({_anchor(name)})=", f"### {name}", "", definition["description"], ""]
            yield from [f"*{shape(definition)}*", ""]


def _check(schema: Schema) -> None:
    unknown = schema.keys() - _NOTES - _SHAPE - _FIELDS
    if unknown:
        raise ValueError(f"the reference cannot tell of {', '.join(sorted(unknown))}")


def _fields(schema: Schema, prefix: str) -> Iterator[str]:
    """Yield an entry for each field of an object, and of the objects inside it."""
    _check(schema)
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        if "description" not in field:
            raise ValueError(f"{prefix}{name} has no description")
        kind = f"*{'always ' if 'const' in field else ''}{shape(field)}*"
        optional = "" if name in required else "; may be absent"
        yield from [f"```{{{OBJECT_TYPE}}} {prefix}{name}", f"{kind}{optional}"]
        yield from ["", field["description"], "```", ""]
        if "properties" in field:
            yield from _fields(field, f"{prefix}{name}.")


def _section(schema: Schema, heading: str) -> Iterator[str]:
    """Yield what a schema says of several fields at once."""
    rules = [*schema.get("allOf", []), *([schema] if "if" in schema else [])]
    if rules:
        yield from [heading, "", *(f"- {_rule(rule)}" for rule in rules), ""]


def _rule(rule: Schema) -> str:
    text = f"If {_claim(rule['if'])}, then {_claim(rule['then'])}."
    return f"{text} Otherwise {_claim(rule['else'])}." if "else" in rule else text


def _claim(schema: Schema, prefix: str = "") -> str:
    """Say what holds of the fields of an object."""
    _check(schema)
    claims = []
    for name, field in schema["properties"].items():
        if "properties" in field:
            claims.append(_claim(field, f"{prefix}{name}."))
        else:
            claims.append(f"`{prefix}{name}` is {shape(field)}")
    return " and ".join(claims)


def shape(schema: Schema) -> str:
    """Say in a few words what a value may be."""
    _check(schema)
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        *others, last = map(_code, schema["enum"])
        return f"{', '.join(others)} or {last}" if others else last
    if "not" in schema:
        return f"not {shape(schema['not'])}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return f"[{name}](#{_anchor(name)})"
    if "anyOf" in schema:
        return " or ".join(shape(one) for one in schema["anyOf"])
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if len(types) > 1:
        return " or ".join(shape({**schema, "type": one}) for one in types)
    words = "".join(_NAMES[one] for one in types)
    if "items" in schema:
        words = f"a list, each entry {shape(schema['items'])}"
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        words += f", each {'other ' if 'properties' in schema else ''}value {shape(more)}"
    bounds = () if types == ["null"] else _bounds(schema)
    return ", ".join(filter(None, [words, *bounds]))


_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def _bounds(schema: Schema) -> Iterator[str]:
    """Yield the bounds of a number, a text or a list."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"from {low} to {high}"
    elif low is not None:
        yield f"at least {low}"
    elif high is not None:
        yield f"at most {high}"
    for key, things in (("minLength", "characters"), ("minItems", "entries")):
        if key in schema:
            yield "not empty" if schema[key] == 1 else f"at least {schema[key]} {things}"
    if "maxItems" in schema:
        yield f"at most {schema['maxItems']} entries" if schema["maxItems"] else "empty"
    if "pattern" in schema:
        yield f"matching `{schema['pattern']}`"


def _code(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _anchor(name: str) -> str:
    return f"report-{name}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, and the kind of thing that it describes."""
    app.add_object_type(OBJECT_TYPE, OBJECT_TYPE, objname="field of the report")
    app.add_directive("schema-reference", SchemaReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
