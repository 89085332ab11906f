/** A question before what cannot be undone. */

import { make } from "./dom.js";

/** Ask; `verb` is what the button says that does it. Resolves to whether it shall be done. */
export function confirmed(question, explained, verb) {
  const title = make("h2", { id: "confirm-title" }, question);
  const go = make("button", { type: "button", className: "danger" }, verb);
  const leave = make("button", { type: "button", className: "plain", autofocus: true }, "Cancel");
  const actions = make("p", { className: "actions" }, leave, go);
  const dialog = make("dialog", {}, title, make("p", {}, explained), actions);
  dialog.setAttribute("aria-labelledby", "confirm-title");
  go.addEventListener("click", () => dialog.close("yes"));
  leave.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
