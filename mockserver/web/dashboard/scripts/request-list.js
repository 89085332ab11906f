/** The list of requests: the journal as this page has loaded it, and one row of it. */

import { callControl } from "./api-client.js";
import { $, createElement, createTime, setTime } from "./dom.js";
import { monoText, statusTag, tag } from "./elements.js";
import { formatDuration, formatTimeWithSeconds, pluralize } from "./format.js";

const PAGE_SIZE = 1000;
const UNKNOWN_OPERATION = "unknown operation";

/** The summaries in the journal, oldest first: loaded once, then only the new ones. */
export class RequestLog {
  rows = [];
  evicted = 0; // requests that the journal dropped because it is full
  #countAtLoad = null; // the request counter when everything was loaded
  #loadedSince = 0;

  /** Load the requests that are new according to the counters. */
  async catchUp(counters) {
    const isEmpty = this.#countAtLoad === null || this.rows.length === 0;
    if (isEmpty || counters.last_request === null || !(await this.#append(counters))) {
      await this.#reload(counters);
    }
  }

  async #reload(counters) {
    const { rows, evicted } = await loadSince(null);
    this.#countAtLoad = counters.requests;
    this.#loadedSince = 0;
    this.rows = rows;
    this.evicted = evicted;
  }

  /**
   * Append the new requests. Return false if the journal was cleared since.
   *
   * A cleared journal starts ids over: either it does not have our last request, or it has fewer
   * new requests than the counter.
   */
  async #append(counters) {
    let loaded;
    try {
      loaded = await loadSince(this.rows.at(-1).id);
    } catch (error) {
      if (error.status === 400) return false;
      throw error;
    }
    this.#loadedSince += loaded.rows.length;
    const expected = counters.requests - this.#countAtLoad;
    if (loaded.evicted < this.evicted || this.#loadedSince < expected) return false;
    const dropped = loaded.evicted - this.evicted;
    this.rows = [...this.rows, ...loaded.rows].slice(dropped);
    this.evicted = loaded.evicted;
    return true;
  }
}

async function loadSince(id) {
  const rows = [];
  let page;
  do {
    const query = { since: rows.at(-1)?.id ?? id, limit: PAGE_SIZE };
    page = await callControl("GET", "/requests", { query });
    rows.push(...page.data);
  } while (page.has_more);
  return { rows, evicted: page.evicted };
}

/** Return the path of a request with its query, decoded. */
export function requestTarget({ path, query }) {
  const parameters = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => (value ? `${name}=${value}` : name)),
  );
  return path + (parameters.length ? `?${parameters.join("&")}` : "");
}

/** Render a request in a row, unless the row shows it already. */
export function renderRequestRow(row, request) {
  if (row.request === request) return;
  row.request = request;
  $("a", row).href = `#${request.id}`;
  $(".method", row).textContent = request.method;
  const path = $(".path", row);
  path.textContent = path.title = requestTarget(request);
  $(".state", row).replaceChildren(statusTag(request.status));
  $(".operation", row).textContent = request.operation || UNKNOWN_OPERATION;
  $(".ms", row).textContent = formatDuration(request.ms);
  setTime($("time", row), request.at, formatTimeWithSeconds);
  $(".badges", row).replaceChildren(...badges(request));
}

function badges({ changes, events, faults }) {
  return [
    changes.length ? tag(pluralize(changes.length, "change"), "accent") : null,
    events.length ? tag(pluralize(events.length, "event")) : null,
    faults.length ? tag(pluralize(faults.length, "fault"), "warn") : null,
  ].filter(Boolean);
}

/** Return the facts of a request for its details. */
export function requestFacts({ operation, ms, at, id }) {
  return [
    monoText(operation || UNKNOWN_OPERATION),
    createElement("span", {}, formatDuration(ms)),
    createElement("span", {}, createTime(at), " UTC, on the sandbox's clock"),
    monoText(id),
  ];
}
