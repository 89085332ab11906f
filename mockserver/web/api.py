"""The Protocol API: two views, for a collection and for an item, over any resource."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Flask, Response, g, request
from flask.views import MethodView

from mockserver.resources.base import Resource
from mockserver.resources.catalogue import Catalogue
from mockserver.sandbox import Sandbox
from mockserver.settings import Settings
from mockserver.web import assets, parsing

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ApiView(MethodView):
    """One resource over HTTP, on the sandbox of the request."""

    init_every_request = False

    def __init__(self, resource: Resource, *, local_assets: bool) -> None:
        self.resource = resource
        self.local_assets = local_assets

    @property
    def sandbox(self) -> Sandbox:
        return cast(Sandbox, g.sandbox)

    def answer(self, shown: dict[str, Any], status: int = 200) -> Response:
        if self.local_assets:
            shown = assets.localised(shown, request.host_url, self.sandbox.name)
        return Response(_encode(shown).encode(), status, mimetype="application/json")


class CollectionView(ApiView):
    """``/v1/contacts``"""

    def get(self) -> Response:
        draft = parsing.query(request, self.resource.query)
        with self.sandbox.reading() as world:
            page = self.resource.list(world, draft)
        return self.answer(page)

    def post(self) -> Response:
        draft = parsing.body(request, self.resource.create_body)
        with self.sandbox.transaction() as world:
            created = self.resource.create(world, draft)
        response = self.answer(created, 201)
        response.headers["Location"] = f"/v1/{self.resource.path}/{created['id']}"
        return response


class ItemView(ApiView):
    """``/v1/contacts/:id``"""

    def get(self, record_id: str) -> Response:
        parsing.no_query(request).settle()
        with self.sandbox.reading() as world:
            shown = self.resource.retrieve(world, record_id)
        return self.answer(shown)

    def put(self, record_id: str) -> Response:
        draft = parsing.body(request, self.resource.update_body)
        with self.sandbox.transaction() as world:
            updated = self.resource.update(world, record_id, draft)
        return self.answer(updated)

    def delete(self, record_id: str) -> Response:
        parsing.no_query(request).settle()
        with self.sandbox.transaction() as world:
            self.resource.delete(world, record_id)
        return Response(status=204)


def install(app: Flask, catalogue: Catalogue, settings: Settings) -> None:
    """The 25 endpoints."""
    local = settings.assets == "local"
    for resource in catalogue:
        collection = CollectionView.as_view(resource.path, resource, local_assets=local)
        item = ItemView.as_view(resource.kind, resource, local_assets=local)
        path = f"/v1/{resource.path}"
        app.add_url_rule(path, view_func=collection, provide_automatic_options=False)
        app.add_url_rule(f"{path}/<record_id>", view_func=item, provide_automatic_options=False)
