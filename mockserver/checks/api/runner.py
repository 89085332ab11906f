"""One run of the API check: a first request, all checks, and the report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from mockserver.checks.api.api_client import SUCCEEDS, ApiCheck, ApiClient, UnexpectedError
from mockserver.checks.api.http import HttpClient, NoResponse, one_line
from mockserver.checks.api.results import ApiResult, ApiResults, Drift, Unclear
from mockserver.checks.report import Report, ReportRow

DECIDED_NOTE = "the documentation leaves this open; it is mockserver's decision"


class NotAnApi(Exception):
    """The reason why the check cannot run, and what to change."""


def run(api: ApiClient, checks: Iterable[ApiCheck]) -> None:
    """Run the checks. Raises ``NotAnApi`` if no API responds, or it stops responding.

    Call ``api.created.delete_all()`` afterwards in any case.
    """
    try:
        _require_api(api.http)
        planned = [(check, _result(api.results, check)) for check in checks]
        for check, result in planned:
            _run(api, check, result)
    except NoResponse as error:
        raise NotAnApi(f"no response from {api.http.url}: {error}") from None


def report(
    url: str, results: Sequence[ApiResult], not_deleted: Sequence[str], *, show_all: bool
) -> Report:
    """Return the report on an API, with the objects that could not be deleted.

    Most unclear results follow from a drift, so the table shows them only without drift, or
    with ``show_all``.
    """
    counts = Counter(result.verdict for result in results)
    drifts, unclear = counts["drift"], counts["unclear"]
    summary = f"{url}: {f'drift in {drifts} of' if drifts else 'no drift in'} {len(results)} rows"
    if unclear:
        summary += f", {unclear} unclear"
        summary += " (--all shows them)" if drifts and not show_all else ""
    rows = [asdict(result) for result in results]
    return Report(
        suite="mockserver.check.api",
        subject=url,
        headings=("where", "expected", "basis", "verdict"),
        rows=[_row(result) for result in results],
        summary=summary,
        document={"url": url, "drift": drifts, "not_deleted": [*not_deleted], "rows": rows},
        is_brief=not show_all,
    )


def _row(result: ApiResult) -> ReportRow:
    is_drift = result.verdict == "drift"
    notes = [("found: ", result.found)] if result.found else []
    if is_drift and result.basis == "decided":
        notes.append(("", DECIDED_NOTE))
    return ReportRow(
        result.name,
        f"mockserver.check.api.{result.basis}",
        (result.where, result.expected, result.basis, "DRIFT" if is_drift else result.verdict),
        notes,
        failure=result.found if is_drift else "",
        detail=f"expected: {result.expected}\nfound: {result.found}",
        skipped=result.found if result.verdict == "unclear" else "",
    )


def _result(results: ApiResults, check: ApiCheck) -> ApiResult:
    if check.expected == SUCCEEDS:  # added at the start, for all checks that depend on it
        return results.get(check.where, SUCCEEDS)
    return results.add(check.where, check.expected, check.basis)


def _run(api: ApiClient, check: ApiCheck, result: ApiResult) -> None:
    try:
        for rule in check.depends_on:
            api.results.require(check.where, rule)
        check.run(api, *check.args)
        result.record(None)
    except UnexpectedError as error:
        if check.expected == SUCCEEDS and check.where != error.endpoint:
            result.record_unclear(f"unclear until '{error.endpoint}: {SUCCEEDS}' passes")
        else:
            result.record(str(error))
    except Drift as drift:
        result.record(str(drift))
    except Unclear as unclear:
        result.record_unclear(str(unclear))
    except KeyError as missing:  # an attribute that is only sometimes present
        result.record_unclear(f"a response without {missing}")
    except (IndexError, TypeError, ValueError, AttributeError) as error:
        # The rules for attributes report the wrong form; here, only keep the run going.
        result.record_unclear(f"a response of an unexpected form ({error})")


def _require_api(http: HttpClient) -> None:
    """Raise ``NotAnApi`` unless there is an API that accepts the token."""
    response = http("GET", "/contacts?limit=1")
    request, status = f"GET {http.url}/contacts", response.status
    if status == 401:
        raise NotAnApi(
            f"invalid token: {request} returned {response}; pass a valid one with --token"
        )
    if 300 <= status < 400:
        location = one_line(response.headers.get("Location", "nowhere"))
        raise NotAnApi(f"{request} redirects to {location}; pass the base URL it redirects to")
    if status == 404:
        raise NotAnApi(f"{request} returned 404; pass the base URL of the API, which ends in /v1")
    if not response.ok:
        raise NotAnApi(f"{request} returned {response}; fix that first")
    if not isinstance(response.json, dict):
        media_type = response.media_type or "no Content-Type"
        raise NotAnApi(
            f"{request} returned {status} without a JSON object ({media_type}): not the API"
        )
