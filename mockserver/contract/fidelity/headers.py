"""The headers of answers and of deliveries."""

from __future__ import annotations

from mockserver.contract.fidelity.row import Row

HTTP = "RFC 9110"
MESSAGE = "HTTP asks for it, or every server sends it"
LIMITS = "where a rate limit is set, and only there"
GITHUB = "the names that GitHub and others use"
BROWSER = "only where a browser asks (Origin), so that a page can be tested against the sandbox"
STANDARD = "only with --standard-webhooks; the real API does not send it"
STANDARD_SOURCE = "https://www.standardwebhooks.com"
EVENTS = "Events and webhooks"

ROWS = (
    Row("header", "Content-Type", "documented", "application/json", "", "Conventions"),
    Row("header", "WWW-Authenticate", "documented", "with each 401", "", "Authentication"),
    Row(
        *("header", "Location", "decided", "the path of what was created, with each 201"),
        *("what HTTP itself suggests", "Conventions"),
    ),
    Row(
        *("header", "Allow", "decided", "the methods of the path, with each 405"),
        *("what HTTP itself demands", "Conventions"),
    ),
    Row(
        *("header", "Retry-After", "decided", "whole seconds, with each 429, and with a 503"),
        *("what HTTP itself suggests", "Errors"),
    ),
    Row("header", "Content-Length", "decided", "the length of the body", MESSAGE, HTTP),
    Row("header", "Date", "decided", "the machine's time, never the sandbox's", MESSAGE, HTTP),
    Row("header", "Server", "decided", "mockserver", MESSAGE, HTTP),
    Row("header", "Connection", "decided", "whether the connection stays open", MESSAGE, HTTP),
    Row(
        *("header", "X-Request-Id", "extension", "the request's id in the sandbox's journal"),
        *("to look up what a request did", "Stripe's Request-Id"),
    ),
    Row("header", "X-RateLimit-Limit", "extension", "requests in a window", LIMITS, GITHUB),
    Row("header", "X-RateLimit-Remaining", "extension", "those that are left", LIMITS, GITHUB),
    Row("header", "X-RateLimit-Reset", "extension", "when the window ends", LIMITS, GITHUB),
    Row(
        *("header", "Preference-Applied", "extension", "which preferences were heeded"),
        *("only where the request sends Prefer, or __code and its like", "RFC 7240; Prism"),
    ),
    Row("header", "Access-Control-Allow-Origin", "extension", "*", BROWSER, "Fetch"),
    Row("header", "Access-Control-Expose-Headers", "extension", "*", BROWSER, "Fetch"),
    Row("header", "Access-Control-Allow-Methods", "extension", "to OPTIONS", BROWSER, "Fetch"),
    Row("header", "Access-Control-Allow-Headers", "extension", "to OPTIONS", BROWSER, "Fetch"),
    Row("header", "Access-Control-Max-Age", "extension", "to OPTIONS", BROWSER, "Fetch"),
    Row(
        *("header", "Access-Control-Allow-Private-Network", "extension", "to OPTIONS"),
        *(BROWSER, "Private Network Access"),
    ),
    Row("header", "Vary", "extension", "to OPTIONS", BROWSER, "Fetch"),
    Row(
        *("header", "delivery x-protocol-signature", "documented"),
        "the lowercase hexadecimal HMAC-SHA256 of the exact body, keyed with the webhook's secret",
        *("", EVENTS),
    ),
    Row("header", "delivery Content-Type", "decided", "application/json", MESSAGE, HTTP),
    Row("header", "delivery Content-Length", "decided", "of the exact body", MESSAGE, HTTP),
    Row("header", "delivery Host", "decided", "the receiver's", MESSAGE, HTTP),
    Row("header", "delivery Accept-Encoding", "decided", "identity", MESSAGE, HTTP),
    Row("header", "delivery User-Agent", "decided", "mockserver and its version", MESSAGE, HTTP),
    Row(
        *("header", "delivery X-Sandbox", "extension", "the sandbox that sends it"),
        *("one receiver may serve many sandboxes", ""),
    ),
    Row("header", "delivery webhook-id", "extension", "the event", STANDARD, STANDARD_SOURCE),
    Row(
        *("header", "delivery webhook-timestamp", "extension", "of the attempt"),
        *(STANDARD, STANDARD_SOURCE),
    ),
    Row(
        *("header", "delivery webhook-signature", "extension", "v1, in base64"),
        *(STANDARD, STANDARD_SOURCE),
    ),
)
