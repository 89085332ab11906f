/** Snapshots: taken, brought back, forgotten. */

import { confirmed } from "./confirm.js";
import { control } from "./connection.js";
import { $, reconcile, stamp } from "./dom.js";
import { act, submits } from "./form.js";

const card = $("#card-snapshots");
let known = [];

export function show({ snapshots }) {
  known = snapshots;
  reconcile(
    $("#snapshots"),
    snapshots,
    (name) => name,
    newEntry,
    () => {},
  );
  $("#no-snapshots").hidden = snapshots.length > 0;
}

/** The path of a snapshot, whatever somebody has typed for its name. */
export const pathOf = (name) => `/snapshots/${encodeURIComponent(name)}`;

function newEntry(name) {
  const entry = stamp("a-snapshot");
  $(".name", entry).textContent = name;
  const restore = $('[data-act="restore"]', entry);
  restore.setAttribute("aria-label", `Restore ${name}`);
  restore.addEventListener("click", () => {
    const path = `${pathOf(name)}/restore`;
    act(card, () => control("POST", path, { body: {} }), `The state is that of ${name} again.`);
  });
  const remove = $('[data-act="delete"]', entry);
  remove.setAttribute("aria-label", `Delete ${name}`);
  remove.addEventListener("click", async () => {
    if (
      !(await confirmed(`Delete the snapshot ${name}?`, "It cannot be restored then.", "Delete it"))
    ) {
      return;
    }
    act(card, () => control("DELETE", pathOf(name)), `The snapshot ${name} is deleted.`);
  });
  return entry;
}

const form = $("#take-snapshot");
submits(form, async ({ name }) => {
  if (!name) throw new Error("give it a name");
  const detail = "There is one of this name already; what it remembers is lost.";
  const isNew = !known.includes(name);
  if (!isNew && !(await confirmed(`Take ${name} anew?`, detail, "Take it anew"))) return;
  await control("PUT", pathOf(name), { body: {} });
  form.reset();
});
