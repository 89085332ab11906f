"""The five operations of every resource over HTTP."""

from flask import Flask, Response

from mockserver.resources.base import Resource
from mockserver.resources.registry import ResourceRegistry
from mockserver.settings import Settings
from mockserver.storage.collection import Record
from mockserver.web import parsing
from mockserver.web.assets import localize
from mockserver.web.request import JsonResponse, Request, current_request, no_content


class ResourceView:
    """The endpoints of one resource, each named after its operation, such as ``messages.list``."""

    def __init__(self, resource: Resource, *, local_assets: bool) -> None:
        self.resource = resource
        self.local_assets = local_assets

    def list(self) -> Response:
        request = current_request()
        draft = parsing.query(request, self.resource.query_schema)
        with request.sandbox.read() as world:
            request.world_version = world.version
            page = self.resource.list(world, draft, request.max_page_size)
        return self._respond(request, page)

    def create(self) -> Response:
        request = current_request()
        draft = parsing.body(request, self.resource.create_schema)
        with request.transaction() as world:
            created = self.resource.create(world, draft)
        response = self._respond(request, created, 201)
        location = f"{request.root_path}/v1/{self.resource.path}/{created['id']}"
        response.headers.add("Location", location)
        return response

    def retrieve(self, record_id: str) -> Response:
        request = current_request()
        parsing.refuse_query(request)
        with request.sandbox.read() as world:
            request.world_version = world.version
            record = self.resource.retrieve(world, record_id)
        return self._respond(request, record)

    def update(self, record_id: str) -> Response:
        request = current_request()
        draft = parsing.body(request, self.resource.update_schema)
        with request.transaction() as world:
            updated = self.resource.update(world, record_id, draft)
        return self._respond(request, updated)

    def delete(self, record_id: str) -> Response:
        request = current_request()
        parsing.refuse_query(request)
        with request.transaction() as world:
            self.resource.delete(world, record_id)
        return no_content()

    def _respond(self, request: Request, payload: Record, status: int = 200) -> JsonResponse:
        if self.local_assets:
            payload = localize(payload, request.host_url, request.sandbox.name)
        return JsonResponse(payload, status)


def install(app: Flask, registry: ResourceRegistry, settings: Settings) -> None:
    """Add the 25 endpoints of the Protocol API to an application."""
    for resource in registry:
        view = ResourceView(resource, local_assets=settings.assets == "local")
        collection = f"/v1/{resource.path}"
        item = f"{collection}/<record_id>"
        for path, method, operation in (
            (collection, "GET", view.list),
            (collection, "POST", view.create),
            (item, "GET", view.retrieve),
            (item, "PUT", view.update),
            (item, "DELETE", view.delete),
        ):
            endpoint = f"{resource.path}.{operation.__name__}"
            app.add_url_rule(path, endpoint, operation, methods=[method])
