"""The page of the HTTP API, from the OpenAPI document that the gateway serves."""

from __future__ import annotations

from typing import Any

HEAD = """# HTTP API

Everything the verbs do goes through these routes, so a program in any language can do it too. The gate listens on
the unix socket that `TOBIT_HOME/gateway.json` names, or on TCP after `tobit gateway --host 127.0.0.1 --port 8000`.

```sh
curl --unix-socket ~/.tobit/run/gateway.sock http://gate/api/v1/me \\
     -H "Authorization: Bearer $(cat ~/.tobit/token)"
```

Bodies are JSON in one envelope, `{time, code, message, data}`: `code` 0 is success, else the HTTP status, and
`data` is then as in [Errors](errors.md); every route may answer with each of them. Not wrapped are streams,
`/health`, `/metrics` and `/openapi.json`, the full document with every schema. A `traceparent` header
is continued; every answer carries its trace id.

"""


def page() -> str:
    """A section per route: what it takes and what ``data`` it gives."""
    from tobit_kernel.server.gateway.app import make_app
    from tobit_kernel.server.identity.token import LocalToken
    from tobit_kernel.settings import Settings

    document = make_app(Settings(), LocalToken("")).openapi()
    parts = [
        _route(method, path, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return HEAD + "\n".join(parts)


def _route(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    lines = [f"## {method.upper()} {path}", "", operation.get("description") or operation.get("summary", ""), ""]
    rows = [
        f"| `{item['name']}` | {item['in']} | {_type(item.get('schema', {}))} | {item.get('description', '')} |"
        for item in operation.get("parameters", [])
    ]
    rows += _body(operation, document)
    if rows:
        lines += ["| name | in | type | |", "|---|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _body(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Rows for the fields of a JSON body."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    fields = document.get("components", {}).get("schemas", {}).get(name, schema).get("properties", {})
    return [f"| `{field}` | body | {_type(part)} | {part.get('description', '')} |" for field, part in fields.items()]


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", schema.get("const", "any")))
