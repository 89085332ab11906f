/** A list, and beside it the one of it that the address names. */

import { Refused } from "./connection.js";
import { $, make, reconcile, stamp } from "./dom.js";
import { linkOf, mark, rove } from "./rows.js";

const WIDE = "(min-width: 64rem)"; // where both are seen at once, as panes.css has it

export class Panes {
  #list = $("#rows");
  #shown = $("#detail");
  #kind;
  #latest = 0; // the number of the time that one was chosen last

  /** The id of the one that is chosen, or null. */
  chosen = null;

  /**
   * `kind` has `id`, a pattern of hashes whose group is an id; `load(id, isLatest)`, which
   * answers the elements of one (`isLatest()`: whether no other was chosen since); `heading`, the
   * tag of its heading; and `back`, what the link to all says.
   */
  constructor(kind) {
    this.#kind = kind;
    rove(this.#list);
    addEventListener("hashchange", () => {
      // The link that skips to the content names something else.
      if (location.hash === "" || kind.id.test(location.hash)) this.open(true);
    });
  }

  /** List these, each filled by `fill(row, item)`. */
  draw(items, fill) {
    reconcile(
      this.#list,
      items,
      (each) => each.id,
      () => stamp("row"),
      fill,
    );
    mark(this.#list, this.chosen);
    this.#list.hidden = items.length === 0;
  }

  /** Show what the address names, or that nothing is chosen; go there if the reader has asked. */
  async open(isAsked = false) {
    const mine = ++this.#latest;
    const before = this.chosen;
    const id = this.#kind.id.exec(location.hash)?.[1] ?? null;
    this.chosen = id;
    $("#main").classList.toggle("open", id !== null);
    mark(this.#list, id);
    if (id === null) {
      this.#shown.replaceChildren($("#choose").content.cloneNode(true));
      if (before) linkOf(this.#list, before)?.focus();
      return;
    }
    const isLatest = () => mine === this.#latest;
    const parts = await this.#loaded(id, isLatest);
    if (!isLatest()) return; // another one was chosen meanwhile
    const back = make("a", { className: "back", href: "#" }, this.#kind.back);
    this.#shown.replaceChildren(back, ...parts);
    this.#shown.scrollTop = 0;
    if (isAsked) {
      const heading = $(this.#kind.heading, this.#shown);
      heading.focus({ preventScroll: matchMedia(WIDE).matches });
    }
  }

  async #loaded(id, isLatest) {
    try {
      return await this.#kind.load(id, isLatest);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const said = error.status === 404 ? "It is not there" : "It cannot be shown";
      return [make(this.#kind.heading, { tabIndex: -1 }, said), make("p", {}, error.message)];
    }
  }
}
