"""The document for code generators: the same contract, with one way to write each request.

Given several content types or security schemes, many generators choose one that does not work, and
from unions and conditions they generate empty classes.
"""

from typing import Any

from mockserver.contract.openapi.descriptions import TEXTS
from mockserver.contract.openapi.document import SECURITY, document
from mockserver.contract.openapi.operations import query_parameters
from mockserver.contract.openapi.schemas import JSON, event_name, reference, schema_name
from mockserver.resources.base import PagingSchema
from mockserver.resources.fields import STRING
from mockserver.resources.registry import EVENTS, ResourceRegistry

#: Conditions, and sets of values to which later versions of the API may add.
OMITTED = {"if", "then", "else", "enum", "propertyNames"}


def sdk_document(url: str) -> dict[str, Any]:
    """Return the document, with the sandbox at ``url`` as its first server."""
    resources = ResourceRegistry()
    renamed = {"Error": "ErrorObject", "AttachmentCreateUpload": "AttachmentCreate"}
    renamed |= {
        event_name(resource, verb): f"{schema_name(resource)}Event"
        for resource in resources
        for verb in EVENTS
    }
    result: dict[str, Any] = _simplify(document(url), renamed)
    result["info"]["description"] = TEXTS["sdk"]["description"]  # a comment in each file
    result["security"] = SECURITY[:1]
    components = result["components"]
    del components["parameters"], components["securitySchemes"]["basic"]
    components["schemas"] = schemas = {
        name: schema
        for name, schema in components["schemas"].items()
        if name != "Reference" and not name.endswith("Form")
    }
    schemas["Reactions"] = schemas["Message"]["properties"]["reactions"]
    for name in ("Message", "MessageUpdate"):
        schemas[name]["properties"]["reactions"] = reference("Reactions")
    ids, examples = TEXTS["sdk"]["ids"], TEXTS["sdk"]["examples"]
    form = schemas["AttachmentCreate"]["properties"]
    form["file"]["description"] = "The file."
    form["message_id"]["example"] = examples["message_id"]  # Postman takes it from the attribute

    for resource in resources:
        types = [f"{resource.kind}.{verb}" for verb in EVENTS]
        schemas[f"{schema_name(resource)}Event"]["properties"]["type"]["examples"] = types
        for event_type in types:
            delivery = result["webhooks"][event_type]["post"]
            [signature] = delivery["parameters"]
            signature["example"] = examples[signature["name"]]
            delivery["x-internal"] = True  # or openapi-generator would add calls of the server

        collection = result["paths"][f"/{resource.path}"]
        item = result["paths"][f"/{resource.path}/{{id}}"]
        page = collection["get"]["responses"]["200"]["content"][JSON]["example"]
        cursor = page["data"][0]["id"]
        values = {**examples, "starting_after": cursor, "ending_before": cursor}
        filters = {name: parameter.field for name, parameter in resource.filters.items()}
        collection["get"]["parameters"] = [
            {**parameter, "example": values[parameter["name"]]}
            for parameter in query_parameters({**PagingSchema().fields, **filters})
        ]
        item["parameters"][0]["example"] = ids[resource.path]
        for operation in (collection["post"], item["put"]):
            # The first content type: JSON, or multipart for a file.
            media_type, content = next(iter(operation["requestBody"]["content"].items()))
            operation["requestBody"] = {"required": True, "content": {media_type: content}}
    [update] = result["paths"]["/messages/{id}"]["put"]["requestBody"]["content"].values()
    update["example"]["reactions"] = [update["example"]["reactions"]]
    return result


def _simplify(node: Any, renamed: dict[str, str]) -> Any:
    """Return a copy without the omitted keywords, with renamed components and plain ids."""
    if isinstance(node, list):
        return [_simplify(nested, renamed) for nested in node]
    if not isinstance(node, dict):
        return node
    if node == reference("Reference"):
        return {**STRING}
    if "$ref" in node:
        path, _, name = node["$ref"].rpartition("/")
        return {**node, "$ref": f"{path}/{renamed.get(name, name)}"}
    return {
        renamed.get(key, key): _simplify(nested, renamed)
        for key, nested in node.items()
        if key not in OMITTED
    }
