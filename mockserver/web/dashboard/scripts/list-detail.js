/** A list, and beside it the details of the item that the URL's hash selects. */

import { RequestError } from "./api-client.js";
import { $, cloneTemplate, createElement, reconcileChildren } from "./dom.js";
import { findLink, markSelected, useRovingFocus } from "./roving-focus.js";

const SIDE_BY_SIDE = "(min-width: 64rem)"; // as in list-detail.css

export class ListDetail {
  #list = $("#rows");
  #detail = $("#detail");
  #options;
  #openCount = 0; // increases whenever an item is opened; tells whether a response is outdated

  /** The id of the selected item, or null. */
  selectedId = null;

  /**
   * Options: `idPattern`, a regular expression for the hash whose group is the id;
   * `load(id, isCurrent)`, which returns the elements of the details (`isCurrent()` is false once
   * another item was selected); `headingTag` of the details; `backText` of the link to the list.
   */
  constructor(options) {
    this.#options = options;
    useRovingFocus(this.#list);
    addEventListener("hashchange", () => {
      // Ignore other hashes, such as that of the skip link.
      if (location.hash === "" || options.idPattern.test(location.hash)) this.openFromHash(true);
    });
  }

  /** Show these items, each rendered by `renderRow(row, item)`. */
  render(items, renderRow) {
    reconcileChildren(
      this.#list,
      items,
      (item) => item.id,
      () => cloneTemplate("row"),
      renderRow,
    );
    markSelected(this.#list, this.selectedId);
    this.#list.hidden = items.length === 0;
  }

  /** Show the item that the hash selects, if any. Move the focus there if the user selected it. */
  async openFromHash(moveFocus = false) {
    const openNumber = ++this.#openCount;
    const isCurrent = () => openNumber === this.#openCount;
    const previousId = this.selectedId;
    const id = this.#options.idPattern.exec(location.hash)?.[1] ?? null;
    this.selectedId = id;
    $("#main").classList.toggle("open", id !== null);
    markSelected(this.#list, id);
    if (id === null) {
      this.#detail.replaceChildren($("#nothing-selected").content.cloneNode(true));
      if (previousId) findLink(this.#list, previousId)?.focus();
      return;
    }
    const content = await this.#load(id, isCurrent);
    if (!isCurrent()) return;
    const { backText, headingTag } = this.#options;
    const back = createElement("a", { className: "back", href: "#" }, backText);
    this.#detail.replaceChildren(back, ...content);
    this.#detail.scrollTop = 0;
    if (moveFocus) {
      $(headingTag, this.#detail).focus({ preventScroll: matchMedia(SIDE_BY_SIDE).matches });
    }
  }

  async #load(id, isCurrent) {
    try {
      return await this.#options.load(id, isCurrent);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const title = error.status === 404 ? "Not found" : "Could not load the details";
      return [
        createElement(this.#options.headingTag, { tabIndex: -1 }, title),
        createElement("p", {}, error.message),
      ];
    }
  }
}
