/** The guide: search its headings, and show its contents beside the text where there is room. */

import "../../dashboard/scripts/theme-button.js";
import { $, createElement } from "../../dashboard/scripts/dom.js";
import { pluralize } from "../../dashboard/scripts/format.js";

const MAX_RESULTS = 20;
const field = $("#search-field");
const results = $("#search-results");
let headings = null;

/** Load all headings, for the first search. */
async function loadHeadings() {
  const response = await fetch("/guide/headings.json");
  headings = await response.json();
}

/** Return the headings that contain all words, then headings that do so with their page's title. */
function findHeadings(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const containsAll = (text) => words.every((word) => text.toLowerCase().includes(word));
  const inHeading = headings.filter(({ text }) => containsAll(text));
  const withPage = headings.filter(
    ({ text, page }) => !containsAll(text) && containsAll(`${page} ${text}`),
  );
  return words.length ? [...inHeading, ...withPage] : [];
}

function resultItem({ text, page, url }) {
  const title = createElement("a", { href: url }, text);
  const suffix = text === page ? null : createElement("span", { className: "faint" }, page);
  return createElement("li", {}, title, suffix);
}

async function search() {
  if (!headings) await loadHeadings();
  const matches = findHeadings(field.value);
  results.replaceChildren(...matches.slice(0, MAX_RESULTS).map(resultItem));
  const isEmpty = field.value.trim() === "";
  $("#search-status").textContent = isEmpty ? "" : pluralize(matches.length, "heading");
}

field.addEventListener("input", search);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") $("a", results)?.click();
});
$("#search").hidden = false;

const sideBySide = matchMedia("(min-width: 64rem)"); // as in guide.css
const showContents = () => {
  $("#contents").open = sideBySide.matches;
};
sideBySide.addEventListener("change", showContents);
showContents();
