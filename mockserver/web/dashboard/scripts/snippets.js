/** The snippets, told anew where a token was given here: as text that each language can read. */

import { base, ownToken, sandbox, token } from "./connection.js";
import { $, $$ } from "./dom.js";

const QUOTED = {
  "": (text) => text,
  shell: (text) => text.replaceAll("'", "'\\''"),
  string: (text) => JSON.stringify(text).slice(1, -1),
};

export function show() {
  if (!ownToken()) return; // they are as the server has written them
  for (const each of $$("[data-token]")) each.textContent = QUOTED[each.dataset.token](token());
  for (const each of $$("[data-base]")) each.textContent = base();
  for (const each of $$("[data-query]")) each.textContent = `?sandbox=${sandbox}`;
  $("#docs").href = `/docs?token=${encodeURIComponent(token())}`;
}
