/** A list of the API, loaded page by page with cursors; any part of it can be refreshed. */

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;
const MAX_CURSORS_TRIED = 5; // deleted cursors in a row, before the list is loaded from the top

export class PagedList {
  /**
   * `load(query)` returns a page, `{has_more, data}`; `getId(item)` returns the id that serves as
   * cursor.
   */
  constructor(load, getId) {
    this.load = load;
    this.getId = getId;
    this.items = [];
    this.hasMore = true;
    this.loading = null; // the promise of the next page, while it is loading
    this.hasFailed = false; // whether the last attempt to load the next page failed
    this.queue = Promise.resolve(); // serializes loads and refreshes
  }

  /** Load the next page. */
  loadMore() {
    if (!this.hasMore) return Promise.resolve();
    this.loading ??= this.#enqueue(() => this.#appendPage()).finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /**
   * Reload the first page, and `count` items from index `start`.
   *
   * Deleted items disappear and new ones appear; items below the reloaded part are kept as is.
   */
  refresh(start = 0, count = 0) {
    return this.#enqueue(async () => {
      await this.#reload(0, PAGE_SIZE);
      if (start + count > PAGE_SIZE && start < this.items.length) {
        await this.#reload(Math.max(start, 1), Math.min(MAX_PAGE_SIZE, count));
      }
      this.hasFailed = false; // the server responds again
    });
  }

  #enqueue(task) {
    const result = this.queue.then(task);
    this.queue = result.catch(() => {});
    return result;
  }

  async #appendPage() {
    this.hasFailed = true;
    const { page, start } = await this.#loadFrom(this.items.length, PAGE_SIZE);
    this.hasFailed = false;
    const before = this.items.slice(0, start);
    const knownIds = new Set(before.map(this.getId));
    this.items = [...before, ...page.data.filter((item) => !knownIds.has(this.getId(item)))];
    this.hasMore = page.has_more;
  }

  async #reload(index, limit) {
    const { page, start } = await this.#loadFrom(index, limit);
    const indexes = new Map(this.items.map((item, position) => [this.getId(item), position]));
    const keptIndexes = page.data.map((item) => indexes.get(this.getId(item)) ?? -1);
    const end = page.has_more ? Math.max(-1, ...keptIndexes) : this.items.length - 1;
    if (end < start && page.has_more) {
      // All items are new, and there may be a gap before the known ones: drop those.
      this.items = [...this.items.slice(0, start), ...page.data];
      this.hasMore = true;
    } else {
      this.items.splice(start, end - start + 1, ...page.data);
      if (!page.has_more) this.hasMore = false;
    }
  }

  /**
   * Load the page that begins at an index. `start` in the result is where it really begins.
   *
   * The cursor is the item before it. If that item was deleted, remove it and try the one before.
   */
  async #loadFrom(index, limit) {
    for (let start = index; start > Math.max(index - MAX_CURSORS_TRIED, 0); start -= 1) {
      try {
        const query = { limit, starting_after: this.getId(this.items[start - 1]) };
        return { page: await this.load(query), start };
      } catch (error) {
        if (error.status !== 400) throw error;
        this.items.splice(start - 1, 1);
      }
    }
    if (index > 0) this.items = []; // load from the top
    return { page: await this.load({ limit }), start: 0 };
  }
}
