/** A list of the API, page by page by its own cursors, of which any part can be looked at anew. */

const PAGE = 50;

export class Paged {
  /**
   * `load(query)` answers a page, `{has_more, data}`; `key(item)` is the id that a cursor names.
   */
  constructor(load, key) {
    this.load = load;
    this.key = key;
    this.items = [];
    this.hasMore = true;
    this.loading = null;
  }

  /** The next page, further down; only one at a time is under way. */
  more() {
    if (!this.hasMore) return Promise.resolve();
    this.loading ??= this.#next().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async #next() {
    const last = this.items.at(-1);
    const page = await this.load({ limit: PAGE, starting_after: last && this.key(last) });
    const known = new Set(this.items.map(this.key));
    this.items.push(...page.data.filter((each) => !known.has(this.key(each))));
    this.hasMore = page.has_more;
  }

  /**
   * Look anew at what stands at the top, and at `count` items from `start` on. What was deleted
   * goes, what is new comes; what lies further down stays as it was.
   */
  async refresh(start = 0, count = 0) {
    await this.loading;
    await this.#renew(0, PAGE);
    if (start + count > PAGE && start < this.items.length) {
      await this.#renew(Math.max(start, 1), Math.min(100, count));
    }
  }

  async #renew(start, limit) {
    const before = this.items[start - 1];
    const query = { limit, starting_after: before && this.key(before) };
    let page;
    try {
      page = await this.load(query);
    } catch (error) {
      if (!before || error.status !== 400) throw error;
      // The one before it is gone, and with it the place: begin at the top.
      this.items = [];
      page = await this.load({ limit: PAGE });
      start = 0;
    }
    const places = new Map(this.items.map((each, place) => [this.key(each), place]));
    const kept = page.data.map((each) => places.get(this.key(each)) ?? -1);
    const end = page.has_more ? Math.max(-1, ...kept) : this.items.length - 1;
    if (end < start && page.has_more) {
      // All of it is new, and who knows how much lies between: go on from here.
      this.items = [...this.items.slice(0, start), ...page.data];
      this.hasMore = true;
    } else {
      this.items.splice(start, end - start + 1, ...page.data);
      if (!page.has_more) this.hasMore = false;
    }
  }
}
