"""What only this sandbox has: below paths of its own, or where a request asks for it."""

from __future__ import annotations

from mockserver.contract.fidelity.row import Row

ROWS = tuple(
    Row("rule", subject, "extension", statement, reason, source)
    for subject, statement, reason, source in (
        (
            "/_sandbox",
            "the control API: reset, snapshots, clock, faults, webhooks, simulate, journal …",
            "what only a test wants; no client of the real API looks there",
            "stripe-mock, WireMock, moto",
        ),
        (
            "--bots, /_sandbox/bots",
            "contacts who write, answer, react and read by themselves, on the sandbox's clock",
            "a demo that lives; there is nobody on stage unless asked for",
            "Stripe test clocks, Plaid",
        ),
        (
            "/s/NAME/v1",
            "a base URL that picks the sandbox",
            "for what can choose its base URL, but not its token",
            "",
        ),
        (
            "/_assets",
            "uploaded bytes, placeholders and avatars",
            "where asset URLs point with --assets local",
            "",
        ),
        (
            "/, /dashboard",
            "pages on which a person sees and does what the control API can",
            "outside /v1; they ask /_sandbox and /v1 as any client would",
            "Stripe's dashboard, Mailpit",
        ),
        (
            "/openapi.json, /docs, /fidelity",
            "this contract, to read and to try",
            "outside /v1, so no client meets them by chance",
            "",
        ),
        (
            "Prefer: code, delay, wait",
            "one request that fails, is slow, or waits for its deliveries; ?__code=404 too",
            "only where a request asks for it",
            "Prism, RFC 7240",
        ),
        (
            "OPTIONS",
            "yes to whatever a browser asks before a request to /v1",
            "a page can be tested against the sandbox",
            "Fetch",
        ),
        (
            "HEAD",
            "the answer to GET, without its body",
            "what HTTP itself demands",
            "RFC 9110",
        ),
    )
)
