/** The latest deliveries that are asked for, as they stand. */

import { control } from "./connection.js";

const PAGE = 1000;
const MOST = 500; // rows that are shown

/** `rows` are the deliveries' lines, oldest first; `older` is how many more there were. */
export class DeliveryLog {
  rows = [];
  older = 0;
  evicted = 0; // how many the server let go
  #before = null; // the one after which the rows begin
  #asked = {};
  #moves = 0;

  /** Ask for others from now on. */
  ask(wanted) {
    this.#asked = wanted;
    this.#forget();
  }

  /** Bring it up to date. All the rows are fetched anew: the state of any may have moved. */
  async catchUp(moves) {
    if (moves < this.#moves) this.#forget(); // the log began again
    this.#moves = moves;
    const asked = this.#asked;
    let rows;
    try {
      rows = await this.#fetched();
    } catch (error) {
      if (error.status !== 404 || this.#before === null) throw error;
      this.#forget(); // that one is not kept any more
      rows = await this.#fetched();
    }
    if (asked !== this.#asked) return; // others are asked for by now
    const over = rows.length - MOST;
    if (over > 0) {
      this.#before = rows[over - 1].id;
      this.older += over;
    }
    this.rows = rows.slice(-MOST);
  }

  #forget() {
    this.#before = null;
    this.older = 0;
  }

  async #fetched() {
    const rows = [];
    let page;
    do {
      const since = rows.at(-1)?.id ?? this.#before;
      page = await control("GET", "/deliveries", { query: { ...this.#asked, since, limit: PAGE } });
      rows.push(...page.data);
    } while (page.has_more);
    this.evicted = page.evicted;
    return rows;
  }
}

/** How many deliveries are in which state, and when the next is due. */
export const counted = () =>
  control("POST", "/webhooks/wait", { body: { match: { state: "held" }, timeout: 0 } });
