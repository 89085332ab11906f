"""A run of the API check: a first request, all checks, and the report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from mockserver.checks.api.api_client import SUCCEEDS, ApiClient, UnexpectedError
from mockserver.checks.api.http import HttpClient, NoResponse, one_line
from mockserver.checks.api.results import ApiCheck, ApiResult, ApiResults, Drift, Unclear
from mockserver.checks.report import Report, ReportRow

DECIDED_NOTE = "the documentation leaves this open; it is mockserver's decision"


class NotAnApi(Exception):
    """The reason why the check cannot run, and how to change that."""


def run(api: ApiClient, checks: Iterable[ApiCheck]) -> None:
    """Run the checks. Raises ``NotAnApi`` if no API responds, or if it stops responding.

    Call ``api.created.delete_all()`` afterwards, also after an exception.
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
    """Return the report on an API, with descriptions of the objects that could not be deleted.

    The table omits passed rows, and also unclear ones if there is any drift, since most of them
    follow from it; ``show_all`` includes all rows.
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
    if check.expected == SUCCEEDS:  # the client has added it: other checks depend on it
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
    except KeyError as missing:  # an attribute of a nested object, which is read without its rule
        result.record_unclear(f"a response without {missing}")
    except (IndexError, TypeError, ValueError, AttributeError) as error:
        # The rules for attributes report the wrong form; continue with the next check.
        result.record_unclear(f"an unexpected response ({error})")


def _require_api(http: HttpClient) -> None:
    """Raise ``NotAnApi`` unless there is an API at the URL that accepts the token."""
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
