/** The State card: export all objects to a file, and import a file. */

import { runAction } from "./actions.js";
import { callControl, sandboxName } from "./api-client.js";
import { snapshotPath } from "./card-snapshots.js";
import { $, createElement } from "./dom.js";
import { handleSubmit, parseJsonFile } from "./form.js";

const BACKUP_NAME = "before-import";
const URL_LIFETIME = 10_000; // milliseconds that a download may take to start
const card = $("#card-state");
const form = $("#import");

let snapshotNames = [];

export const stateCard = {
  render({ snapshots }) {
    snapshotNames = snapshots;
  },
};

$("#export").addEventListener("click", () => {
  const exportState = async () => download(await callControl("GET", "/state"));
  runAction(card, exportState, `Saved as ${sandboxName}.json.`);
});

function download(state) {
  const text = `${JSON.stringify(state, null, 1)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  createElement("a", { href: url, download: `${sandboxName}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFETIME);
}

handleSubmit(
  form,
  async () => {
    const [file] = form.elements.file.files;
    if (!file) throw new Error("choose a file");
    const state = await parseJsonFile(file);
    const backup = form.elements.before.checked ? await takeBackup() : null;
    try {
      await callControl("PUT", "/state", { body: state });
    } catch (error) {
      if (backup) await callControl("DELETE", snapshotPath(backup)); // nothing was imported
      throw error;
    }
    form.reset();
    return { file: file.name, backup };
  },
  ({ file, backup }) =>
    backup ? `Imported ${file}; the snapshot ${backup} has the state before.` : `Imported ${file}.`,
);

/** Take a snapshot under an unused name, and return the name. */
async function takeBackup() {
  let name = BACKUP_NAME;
  for (let n = 2; snapshotNames.includes(name); n += 1) name = `${BACKUP_NAME}-${n}`;
  await callControl("PUT", snapshotPath(name), { body: {} });
  return name;
}
