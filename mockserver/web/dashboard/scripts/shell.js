/** What every page has: the clock, the choice of the sandbox, and of the theme. */

import { defaultSandbox, sandbox, sandboxes } from "./connection.js";
import { $, attempt, make, notice, tell } from "./dom.js";
import { follow } from "./pulse.js";

const NEW = "…new";
const RULE = "1 to 64 letters, digits, _ or -";

follow((pulse) => {
  tell($("#clock"), pulse.clock.now);
  $("#clock-mode").textContent = pulse.clock.mode;
}, "clock");

/** Go to the same page of another sandbox. */
function visit(name) {
  const url = new URL(location.href);
  url.hash = "";
  url.search = "";
  if (name !== defaultSandbox) url.searchParams.set("sandbox", name);
  location.assign(url);
}

const picker = $("#sandbox");

async function listSandboxes() {
  const names = new Set([...(await sandboxes()).map((each) => each.name), sandbox]);
  const options = [...names].sort().map((name) => make("option", { value: name }, name));
  picker.replaceChildren(...options, make("option", { value: NEW }, "another…"));
  picker.value = sandbox;
}

picker.addEventListener("focus", () => attempt(listSandboxes));
picker.addEventListener("change", () => {
  if (picker.value !== NEW) return visit(picker.value);
  picker.value = sandbox;
  const name = prompt(`Name of the sandbox: ${RULE}`);
  if (name === null) return undefined;
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return visit(name);
  return notice(`'${name}' names no sandbox: a name has ${RULE}.`, "bad");
});
attempt(listSandboxes);

const THEMES = ["light", "dark"];
$("#theme").addEventListener("click", () => {
  const html = document.documentElement;
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = html.dataset.theme ?? THEMES[Number(isDark)];
  html.dataset.theme = THEMES[Number(now === "light")];
  localStorage.setItem("mockserver-theme", html.dataset.theme);
});
