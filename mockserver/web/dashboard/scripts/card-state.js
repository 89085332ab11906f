/** State: out as a file, and in again. */

import { pathOf } from "./card-snapshots.js";
import { control, sandbox } from "./connection.js";
import { $, make } from "./dom.js";
import { act, submits } from "./form.js";

const BEFORE = "before-import";
const card = $("#card-state");
const form = $("#import");

let taken = [];

export function show({ snapshots }) {
  taken = snapshots;
}

$("#export").addEventListener("click", () => {
  act(card, async () => save(await control("GET", "/state")), `Saved as ${sandbox}.json.`);
});

function save(state) {
  const text = `${JSON.stringify(state, null, 1)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: url, download: `${sandbox}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

submits(
  form,
  async () => {
    const [file] = form.elements.file.files;
    if (!file) throw new Error("choose a file");
    const state = parsed(await file.text(), file.name);
    const name = form.elements.before.checked ? await remember() : null;
    try {
      await control("PUT", "/state", { body: state });
    } catch (error) {
      if (name) await control("DELETE", pathOf(name)); // nothing has changed
      throw error;
    }
    form.reset();
    return { file: file.name, name };
  },
  ({ file, name }) =>
    name ? `${file} is in; the snapshot ${name} is what was before.` : `${file} is in.`,
);

function parsed(text, name) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${error.message}`);
  }
}

/** Take a snapshot under a name that no other has; its name. */
async function remember() {
  let name = BEFORE;
  for (let n = 2; taken.includes(name); n += 1) name = `${BEFORE}-${n}`;
  await control("PUT", pathOf(name), { body: {} });
  return name;
}
