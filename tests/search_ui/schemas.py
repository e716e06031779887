"""A validator for the part of JSON Schema that the OpenAPI document uses."""

from __future__ import annotations

from typing import Any

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Return the places at which `value` does not conform to `schema`, each as a JSON path with the
    reason; [] if it conforms."""
    if "anyOf" in schema:
        fitting = [not faults(value, other, at) for other in schema["anyOf"]]
        return [] if any(fitting) else [f"{at}: fits none"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{at}: {value!r} is none of them"]
    kind = schema["type"]
    is_flag = isinstance(value, bool) and kind != "boolean"
    if is_flag or not isinstance(value, TYPES[kind]):
        return [f"{at}: {value!r} is no {kind}"]
    found = []
    if kind == "object":
        known = schema.get("properties", {})
        found += [
            f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value
        ]
        if known:
            found += [f"{at}.{name}: not in the document" for name in value if name not in known]
        for name in value.keys() & known.keys():
            found += faults(value[name], known[name], f"{at}.{name}")
    if kind == "array":
        bounds = (schema.get("minItems", 0), schema.get("maxItems", len(value)))
        if not bounds[0] <= len(value) <= bounds[1]:
            found.append(f"{at}: {len(value)} items")
        for index, item in enumerate(value):
            found += faults(item, schema.get("items", {}), f"{at}[{index}]")
    if kind in ("integer", "number") and value < schema.get("minimum", value):
        found.append(f"{at}: {value} is too small")
    return found
