"""Flask, with our request and our pipeline in the two places where it would run hooks."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask.typing import ResponseReturnValue

from mockserver.web.call import Call
from mockserver.web.pipeline import Pipeline


class Application(Flask):
    """One ``arrive``, one ``leave``, one ``fail``.

    They stand where Flask would go through its lists of hooks, of which we have one each, and
    save a session, of which we have none: that costs a tenth of a request.
    """

    request_class = Call

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__("mockserver", static_folder=None)
        self.pipeline = pipeline
        self.register_error_handler(Exception, pipeline.fail)

    def preprocess_request(self) -> ResponseReturnValue | None:
        return self.pipeline.arrive()

    def process_response(self, response: Response) -> Response:
        return self.pipeline.leave(response)

    def ensure_sync(self, func: Any) -> Any:
        """Every function here is synchronous; asking at each call is not free."""
        return func
