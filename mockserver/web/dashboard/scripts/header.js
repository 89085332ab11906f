/** The header of the dashboard: the sandbox's clock, the sandbox picker, the theme button. */

import "./theme-button.js";
import { showNotice, tryAction } from "./actions.js";
import { defaultSandbox, listSandboxes, sandboxName } from "./api-client.js";
import { $, createElement, setTime } from "./dom.js";
import { subscribe } from "./poller.js";

const NEW_SANDBOX = "…new";
const NAME_RULE = "1 to 64 letters, digits, _ or -";

subscribe(({ clock }) => {
  setTime($("#clock"), clock.now);
  $("#clock-mode").textContent = clock.mode;
}, "clock");

/** Open this page for another sandbox. */
function switchSandbox(name) {
  const url = new URL(location.href);
  url.hash = "";
  url.search = "";
  if (name !== defaultSandbox) url.searchParams.set("sandbox", name);
  location.assign(url);
}

const picker = $("#sandbox");

async function fillPicker() {
  const sandboxes = await listSandboxes();
  const names = new Set([...sandboxes.map(({ name }) => name), sandboxName]);
  const options = [...names].sort().map((name) => createElement("option", { value: name }, name));
  picker.replaceChildren(
    ...options,
    createElement("option", { value: NEW_SANDBOX }, "New sandbox…"),
  );
  picker.value = sandboxName;
}

picker.addEventListener("focus", () => tryAction(fillPicker));
picker.addEventListener("change", () => {
  if (picker.value !== NEW_SANDBOX) return switchSandbox(picker.value);
  picker.value = sandboxName;
  const name = prompt(`Name of the sandbox: ${NAME_RULE}`);
  if (name === null) return undefined;
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return switchSandbox(name);
  return showNotice(`'${name}' is not a valid sandbox name: use ${NAME_RULE}.`, "bad");
});
tryAction(fillPicker);
