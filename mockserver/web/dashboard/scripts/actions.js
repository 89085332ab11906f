/** Run the user's actions: confirmation, notices of success, error messages. */

import { $, createElement } from "./dom.js";
import { pollNow, refreshNow } from "./poller.js";

const NOTICE_DURATION = 5000; // milliseconds
const MAX_NOTICES = 4;
/** The separator of problems in an error message, before the path of a problem: "; url: ". */
const NEXT_PROBLEM = /; (?=[\w.[\]-]+: )/;

/** Show a notice for a few seconds; one of kind "bad" stays until it is dismissed. */
export function showNotice(text, kind = "good") {
  const close = createElement("button", { type: "button", className: "quiet", textContent: "✕" });
  close.setAttribute("aria-label", "Dismiss");
  const message = createElement("span", {}, text);
  const notice = createElement("p", { className: `notice ${kind}` }, message, close);
  close.addEventListener("click", () => notice.remove());
  const notices = $("#notices");
  for (const earlier of notices.children) {
    if (earlier.textContent === notice.textContent) earlier.remove(); // do not show it twice
  }
  notices.append(notice);
  while (notices.children.length > MAX_NOTICES) notices.firstElementChild.remove();
  if (kind !== "bad") setTimeout(() => notice.remove(), NOTICE_DURATION);
}

/** Run an action and show its error, if any, as a notice. Return whether it succeeded. */
export async function tryAction(action, successText) {
  try {
    await action();
  } catch (error) {
    showNotice(error.message, "bad");
    return false;
  }
  if (successText) showNotice(successText);
  return true;
}

/**
 * Run an action, then refresh the page. Return whether the action succeeded.
 *
 * An error is shown in the child `.action-error` of `container`. `success` is the text of the
 * notice, or a function that returns it from the action's result.
 */
export async function runAction(container, action, success) {
  showErrors(container, null);
  let result;
  try {
    result = await action();
  } catch (error) {
    showErrors(container, error.message);
    return false;
  }
  const text = typeof success === "function" ? success(result) : success;
  if (text) showNotice(text);
  await Promise.all([refreshNow(), pollNow()]);
  return true;
}

/** Show an error message, one line per problem; null clears it. */
export function showErrors(container, message) {
  const problems = message ? message.split(NEXT_PROBLEM) : [];
  const items = problems.map((problem) => createElement("li", {}, problem));
  const content = problems.length > 1 ? [createElement("ul", {}, ...items)] : problems;
  $(":scope > .action-error", container).replaceChildren(...content);
}

/** Ask before an action that cannot be undone. Resolves to whether the user confirmed it. */
export function confirmAction(question, explanation, verb) {
  const title = createElement("h2", { id: "confirm-title" }, question);
  const confirm = createElement("button", { type: "button", className: "danger" }, verb);
  const cancel = createElement(
    "button",
    { type: "button", className: "plain", autofocus: true },
    "Cancel",
  );
  const buttons = createElement("p", { className: "actions" }, cancel, confirm);
  const dialog = createElement("dialog", {}, title, createElement("p", {}, explanation), buttons);
  dialog.setAttribute("aria-labelledby", "confirm-title");
  confirm.addEventListener("click", () => dialog.close("yes"));
  cancel.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** Copy a text to the clipboard and show a notice. */
export async function copyText(text, successText = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    showNotice(`${successText}.`);
  } catch {
    showNotice("The browser blocked the clipboard; select the text and copy it instead.", "bad");
  }
}
