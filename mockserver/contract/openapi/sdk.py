"""The document for code generators: the same contract, with one way to write each request.

Given several content types or security schemes, many generators choose one that does not work, and
from unions and conditions they generate empty classes.
"""

import re
from typing import Any

from mockserver.contract.openapi.descriptions import TEXTS
from mockserver.contract.openapi.document import SECURITY, document
from mockserver.contract.openapi.operations import query_parameters
from mockserver.contract.openapi.schemas import JSON, reference, schema_name
from mockserver.resources.base import PagingSchema, Resource
from mockserver.resources.fields import STRING
from mockserver.resources.registry import EVENTS, ResourceRegistry

#: Conditions, and sets of values to which later versions of the API may add.
OMITTED = {"if", "then", "else", "enum", "propertyNames"}
IDS, EXAMPLES = TEXTS["sdk"]["ids"], TEXTS["sdk"]["examples"]


def sdk_document(url: str) -> dict[str, Any]:
    """Return the document, with the sandbox at ``url`` as its first server."""
    result: dict[str, Any] = _simplify(document(url))
    result["info"]["description"] = TEXTS["sdk"]["description"]  # copied into each file
    result["security"] = SECURITY[:1]
    components = result["components"]
    del components["parameters"], components["securitySchemes"]["basic"]
    components["schemas"] = _schemas(components["schemas"])
    for resource in ResourceRegistry():
        event_types = [f"{resource.kind}.{verb}" for verb in EVENTS]
        event = components["schemas"][f"{schema_name(resource)}Event"]
        event["properties"]["type"]["examples"] = event_types
        for event_type in event_types:
            delivery = result["webhooks"][event_type]["post"]
            delivery["x-internal"] = True  # else openapi-generator generates calls for it
            delivery["parameters"][0]["example"] = EXAMPLES["signature"]
        _simplify_requests(resource, result["paths"])
    [update] = result["paths"]["/messages/{id}"]["put"]["requestBody"]["content"].values()
    update["example"]["reactions"] = [update["example"]["reactions"]]
    return result


def _simplify(node: Any) -> Any:
    """Return a copy without the omitted keywords, with renamed components and plain ids."""
    if isinstance(node, list):
        return [_simplify(nested) for nested in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _simplify(nested) for key, nested in node.items() if key not in OMITTED}
    path, _, name = node["$ref"].rpartition("/")
    return {**STRING} if name == "Reference" else {**node, "$ref": f"{path}/{_rename(name)}"}


def _rename(name: str) -> str:
    """Return a component's name. TypeScript defines ``Error``; events of a kind share a schema."""
    name = "ErrorObject" if name == "Error" else name
    return re.sub("(?<=Create)Upload$|(Created|Updated|Deleted)(?=Event$)", "", name)


def _schemas(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas without form variants; AttachmentCreate describes the multipart form."""
    result = {
        _rename(name): schema
        for name, schema in schemas.items()
        if name != "Reference" and not name.endswith("Form")
    }
    result["Reactions"] = result["Message"]["properties"]["reactions"]
    for name in ("Message", "MessageUpdate"):
        result[name]["properties"]["reactions"] = reference("Reactions")
    # Postman takes the values of a form from its attributes.
    result["AttachmentCreate"]["properties"]["message_id"]["example"] = EXAMPLES["message_id"]
    return result


def _simplify_requests(resource: Resource, paths: dict[str, Any]) -> None:
    """Keep one content type of each body, and give the parameters examples, paging first."""
    collection, item = paths[f"/{resource.path}"], paths[f"/{resource.path}/{{id}}"]
    for operation in (collection["post"], item["put"]):
        # The first content type: JSON, or multipart for a file.
        media_type, content = next(iter(operation["requestBody"]["content"].items()))
        operation["requestBody"] = {"required": True, "content": {media_type: content}}
    page = collection["get"]["responses"]["200"]["content"][JSON]["example"]
    cursor = page["data"][0]["id"]
    examples = {**EXAMPLES, "starting_after": cursor, "ending_before": cursor}
    filters = {name: parameter.field for name, parameter in resource.filters.items()}
    collection["get"]["parameters"] = [
        {**parameter, "example": examples[parameter["name"]]}
        for parameter in query_parameters({**PagingSchema().fields, **filters})
    ]
    item["parameters"][0]["example"] = IDS[resource.path]
