/** The delivery log: the latest deliveries that match the filter, and one row of it. */

import { callControl } from "./api-client.js";
import { $, setTime } from "./dom.js";
import { statusTag, tag } from "./elements.js";
import { pluralize } from "./format.js";

const PAGE_SIZE = 1000;
const MAX_ROWS = 500;
const STATE_TAG_KINDS = { delivered: "good", failed: "bad", retrying: "warn", held: "accent" };

/** The latest deliveries that match a filter, oldest first. */
export class DeliveryLog {
  rows = [];
  older = 0; // matching deliveries before the rows
  evicted = 0; // deliveries that the server dropped because its log is full
  #since = null; // the id of the delivery before the rows
  #filter = {};
  #version = 0;

  setFilter(filter) {
    this.#filter = filter;
    this.#restart();
  }

  /**
   * Reload all rows, as any of them may have changed; `version` is the deliveries counter.
   *
   * Return false, and keep the rows, if the filter changed while they were loading.
   */
  async catchUp(version) {
    if (version < this.#version) this.#restart(); // the log was cleared
    this.#version = version;
    const filter = this.#filter;
    let since = this.#since;
    let rows;
    try {
      rows = await this.#load();
    } catch (error) {
      if (error.status !== 404 || this.#since === null) throw error;
      this.#restart(); // the delivery before the rows was dropped
      since = null;
      rows = await this.#load();
    }
    if (filter !== this.#filter) return false;
    if (since !== this.#since) return this.catchUp(version); // another load has moved it
    const excess = rows.length - MAX_ROWS;
    if (excess > 0) {
      this.#since = rows[excess - 1].id;
      this.older += excess;
    }
    this.rows = rows.slice(-MAX_ROWS);
    return true;
  }

  #restart() {
    this.#since = null;
    this.older = 0;
  }

  async #load() {
    const rows = [];
    let page;
    do {
      const query = { ...this.#filter, since: rows.at(-1)?.id ?? this.#since, limit: PAGE_SIZE };
      page = await callControl("GET", "/deliveries", { query });
      rows.push(...page.data);
    } while (page.has_more);
    this.evicted = page.evicted;
    return rows;
  }
}

/** Return the number of deliveries in each state, and the time of the next attempt. */
export const loadDeliveryCounts = () =>
  callControl("POST", "/webhooks/wait", { body: { match: { state: "held" }, timeout: 0 } });

export const stateTag = (state, text = state) => tag(text, STATE_TAG_KINDS[state]);

/** Render a row of the log; `webhookName(id)` returns the name of a webhook. */
export function renderDeliveryRow(row, delivery, webhookName) {
  const name = webhookName(delivery.webhook) ?? delivery.url;
  const content = JSON.stringify([delivery, name]);
  if (row.content === content) return;
  row.content = content;
  const { id, type, state, attempts, at, action, status, reason } = delivery;
  $("a", row).href = `#${id}`;
  $(".type", row).textContent = type;
  $(".state", row).replaceChildren(stateTag(state));
  $(".hook-name", row).textContent = name;
  $(".attempts-made", row).textContent = attempts ? pluralize(attempts, "attempt") : "no attempts";
  setTime($("time", row), at);
  const badges = [
    action ? tag(action.type, "accent") : null,
    status === null ? null : statusTag(status),
    status === null && reason ? tag(reason, "bad") : null,
  ];
  $(".badges", row).replaceChildren(...badges.filter(Boolean));
}
