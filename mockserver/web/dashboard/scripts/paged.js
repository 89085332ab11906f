/** A list of the API, page by page by its own cursors, of which any part can be looked at anew. */

const PAGE = 50;
const TRIES = 5; // cursors that may be gone, before all is taken to be another world

export class Paged {
  /**
   * `load(query)` answers a page, `{has_more, data}`; `key(item)` is the id that a cursor names.
   */
  constructor(load, key) {
    this.load = load;
    this.key = key;
    this.items = [];
    this.hasMore = true;
    this.loading = null; // the next page, while it is under way
    this.hasFailed = false; // whether the last try to get it has
    this.turn = Promise.resolve(); // what is under way: one thing after the other
  }

  /** The next page, further down. */
  more() {
    if (!this.hasMore) return Promise.resolve();
    this.loading ??= this.#inTurn(() => this.#next()).finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /**
   * Look anew at what stands at the top, and at `count` items from `start` on. What was deleted
   * goes, what is new comes; what lies further down stays as it was.
   */
  refresh(start = 0, count = 0) {
    return this.#inTurn(async () => {
      await this.#renew(0, PAGE);
      if (start + count > PAGE && start < this.items.length) {
        await this.#renew(Math.max(start, 1), Math.min(100, count));
      }
      this.hasFailed = false; // it answers again
    });
  }

  #inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  async #next() {
    this.hasFailed = true;
    const { page, start } = await this.#after(this.items.length, PAGE);
    this.hasFailed = false;
    const before = this.items.slice(0, start);
    const known = new Set(before.map(this.key));
    this.items = [...before, ...page.data.filter((each) => !known.has(this.key(each)))];
    this.hasMore = page.has_more;
  }

  async #renew(place, limit) {
    const { page, start } = await this.#after(place, limit);
    const places = new Map(this.items.map((each, at) => [this.key(each), at]));
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

  /**
   * The page that begins at a place. The item before it, which is its cursor, may be gone, and then
   * goes from the items: `start` is where the page does begin.
   */
  async #after(place, limit) {
    for (let start = place; start > Math.max(place - TRIES, 0); start -= 1) {
      try {
        const query = { limit, starting_after: this.key(this.items[start - 1]) };
        return { page: await this.load(query), start };
      } catch (error) {
        if (error.status !== 400) throw error;
        this.items.splice(start - 1, 1);
      }
    }
    if (place > 0) this.items = []; // begin at the top
    return { page: await this.load({ limit }), start: 0 };
  }
}
