"""The Protocol API: the five operations over HTTP, for any resource."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response

from mockserver.resources.base import Resource
from mockserver.resources.registry import ResourceRegistry
from mockserver.settings import Settings
from mockserver.web import asset_urls, parsing
from mockserver.web.request import Answer, Request, current, nothing


class ResourceView:
    """One resource's endpoints, each on the sandbox of the request.

    Flask's MethodView would do, but asks its proxies for the method at each request; here the
    routes know it, and an endpoint's name (``messages.create``) says which operation it is.
    """

    def __init__(self, resource: Resource, *, local_assets: bool) -> None:
        self.resource = resource
        self.local_assets = local_assets

    def install(self, app: Flask) -> None:
        collection = f"/v1/{self.resource.path}"
        item = f"{collection}/<record_id>"
        for path, method, operation in (
            (collection, "GET", self.list),
            (collection, "POST", self.create),
            (item, "GET", self.retrieve),
            (item, "PUT", self.update),
            (item, "DELETE", self.delete),
        ):
            endpoint = f"{self.resource.path}.{operation.__name__}"
            app.add_url_rule(
                path, endpoint, operation, methods=[method], provide_automatic_options=False
            )

    def list(self) -> Response:
        call = current()
        draft = parsing.query(call, self.resource.query)
        with call.sandbox.read() as world:
            page = self.resource.list(world, draft, call.largest_page)
        return self._answer(call, page)

    def create(self) -> Response:
        call = current()
        draft = parsing.body(call, self.resource.create_body)
        with call.transaction() as world:
            created = self.resource.create(world, draft)
        location = f"{call.root_path}/v1/{self.resource.path}/{created['id']}"
        return self._answer(call, created, 201, location)

    def retrieve(self, record_id: str) -> Response:
        call = current()
        parsing.no_query(call).settle()
        with call.sandbox.read() as world:
            shown = self.resource.retrieve(world, record_id)
        return self._answer(call, shown)

    def update(self, record_id: str) -> Response:
        call = current()
        draft = parsing.body(call, self.resource.update_body)
        with call.transaction() as world:
            updated = self.resource.update(world, record_id, draft)
        return self._answer(call, updated)

    def delete(self, record_id: str) -> Response:
        call = current()
        parsing.no_query(call).settle()
        with call.transaction() as world:
            self.resource.delete(world, record_id)
        return nothing()

    def _answer(
        self, call: Request, shown: dict[str, Any], status: int = 200, location: str | None = None
    ) -> Answer:
        if self.local_assets:
            shown = asset_urls.localised(shown, call.host_url, call.sandbox.name)
        return Answer(orjson.dumps(shown), status, location)


def install(app: Flask, catalogue: ResourceRegistry, settings: Settings) -> None:
    """The 25 endpoints."""
    for resource in catalogue:
        ResourceView(resource, local_assets=settings.assets == "local").install(app)
