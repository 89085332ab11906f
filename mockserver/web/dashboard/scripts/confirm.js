/** A question before what cannot be undone. */

import { make } from "./dom.js";

/** Ask whether to go on; `verb` is what the button says. Escape and Cancel mean no. */
export function confirmed(question, detail, verb) {
  const title = make("h2", { id: "confirm-title" }, question);
  const yes = make("button", { type: "button", className: "danger" }, verb);
  const no = make("button", { type: "button", className: "plain", autofocus: true }, "Cancel");
  const actions = make("p", { className: "actions" }, yes, no);
  const dialog = make("dialog", {}, title, make("p", {}, detail), actions);
  dialog.setAttribute("aria-labelledby", "confirm-title");
  document.body.append(dialog);
  yes.addEventListener("click", () => dialog.close("yes"));
  no.addEventListener("click", () => dialog.close());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}
