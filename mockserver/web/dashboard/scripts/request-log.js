/** The journal as far as this page has it: fetched whole once, then what is new. */

import { control } from "./connection.js";

const PAGE = 1000;

/** `rows` are the requests' lines, oldest first; `evicted` is how many the server let go. */
export class RequestLog {
  rows = [];
  evicted = 0;
  #started = null; // what the pulse counted when all was fetched
  #came = 0; // how many came since

  /** Bring it up to date with a pulse. */
  async catchUp(pulse) {
    const isNew = this.#started === null || this.rows.length === 0;
    if (isNew || pulse.last_request === null || !(await this.#grow(pulse)))
      await this.refetch(pulse);
  }

  /** Fetch all of it anew. */
  async refetch(pulse) {
    const found = await fetched(null);
    this.#started = pulse.requests;
    this.#came = 0;
    this.rows = found.rows;
    this.evicted = found.evicted;
  }

  /**
   * Fetch what is new. False where the journal is not the same any more: its last request is
   * gone, or less came than the pulse has counted, since numbers have begun again.
   */
  async #grow(pulse) {
    let found;
    try {
      found = await fetched(this.rows.at(-1).id);
    } catch (error) {
      if (error.status === 400) return false;
      throw error;
    }
    this.#came += found.rows.length;
    if (found.evicted < this.evicted || this.#came < pulse.requests - this.#started) return false;
    const gone = found.evicted - this.evicted;
    this.rows = [...this.rows, ...found.rows].slice(gone);
    this.evicted = found.evicted;
    return true;
  }
}

async function fetched(since) {
  const rows = [];
  let page;
  do {
    const query = { since: rows.at(-1)?.id ?? since, limit: PAGE };
    page = await control("GET", "/requests", { query });
    rows.push(...page.data);
  } while (page.has_more);
  return { rows, evicted: page.evicted };
}
