/** The Snapshots card: take, restore and delete snapshots. */

import { confirmAction, runAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, cloneTemplate, reconcileChildren } from "./dom.js";
import { handleSubmit } from "./form.js";

const card = $("#card-snapshots");
const form = $("#take-snapshot");
let names = [];

function renderSnapshots({ snapshots }) {
  names = snapshots;
  reconcileChildren($("#snapshots"), snapshots, (name) => name, createSnapshotItem);
  $("#no-snapshots").hidden = snapshots.length > 0;
}

export const snapshotsCard = { render: renderSnapshots };

export const snapshotPath = (name) => `/snapshots/${encodeURIComponent(name)}`;

function createSnapshotItem(name) {
  const item = cloneTemplate("snapshot");
  $(".name", item).textContent = name;
  const restoreButton = $('[data-act="restore"]', item);
  restoreButton.setAttribute("aria-label", `Restore ${name}`);
  restoreButton.addEventListener("click", () => {
    const restore = () => callControl("POST", `${snapshotPath(name)}/restore`, { body: {} });
    runAction(card, restore, `Snapshot ${name} restored.`);
  });
  const deleteButton = $('[data-act="delete"]', item);
  deleteButton.setAttribute("aria-label", `Delete ${name}`);
  deleteButton.addEventListener("click", async () => {
    const question = `Delete the snapshot ${name}?`;
    if (!(await confirmAction(question, "You cannot restore it afterwards.", "Delete"))) return;
    const remove = () => callControl("DELETE", snapshotPath(name));
    runAction(card, remove, `Snapshot ${name} deleted.`);
  });
  return item;
}

handleSubmit(form, async ({ name }) => {
  if (!name) throw new Error("enter a name");
  const explanation = "A snapshot with this name exists; it will be replaced.";
  const isNew = !names.includes(name);
  if (!isNew && !(await confirmAction(`Replace ${name}?`, explanation, "Replace"))) return;
  await callControl("PUT", snapshotPath(name), { body: {} });
  form.reset();
});
