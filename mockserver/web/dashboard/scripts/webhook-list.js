/** The webhooks that are registered. */

import { tag } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { control, root, sandbox } from "./connection.js";
import { $, attempt, notice, reconcile, stamp } from "./dom.js";
import { openForm } from "./webhook-form.js";

/** The inbox that this page has the webhooks told to. */
export const INBOX = "dashboard";
const list = $("#hooks");
let hooks = [];
let changed = async () => {};
let showDeliveries = () => {};

/** Have `done` called after each change, and `show` with the webhook whose deliveries are wanted. */
export function prepare(done, show) {
  changed = done;
  showDeliveries = show;
}

/** Fetch and show them; returns them. */
export async function drawHooks() {
  ({ data: hooks } = await control("GET", "/webhooks"));
  reconcile(list, hooks, (each) => each.id, create, update);
  $("#no-hooks").hidden = hooks.length > 0;
  return hooks;
}

function create({ id }) {
  const card = stamp("hook");
  const current = () => hooks.find((each) => each.id === id);
  const on = (name, action) => $(name, card).addEventListener("click", () => action(current()));
  on(".edit", (hook) => attempt(() => openForm(hook)));
  on(".switch", toggle);
  on(".show", (hook) => showDeliveries(hook));
  on(".delete", remove);
  return card;
}

function update(card, hook) {
  write($("h3", card), hook.name);
  const state = $(".enabled", card);
  state.className = `tag enabled ${hook.enabled ? "good" : "warn"}`;
  write(state, hook.enabled ? "enabled" : "disabled");
  write($(".url", card), hook.url);
  write($(".secret", card), hook.secret);
  write($(".id", card), hook.id);
  const wanted = hook.events.map((each) => tag(each === "*" ? "all events" : each, "accent"));
  $(".wanted", card).replaceChildren(...wanted);
  name($(".switch", card), hook.enabled ? "Disable" : "Enable", hook);
  name($(".edit", card), "Edit", hook);
  name($(".show", card), "Deliveries", hook, " of ");
  name($(".delete", card), "Delete…", hook);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function name(button, verb, hook, between = " ") {
  write(button, verb);
  button.setAttribute("aria-label", verb + between + hook.name);
}

async function toggle(hook) {
  const body = { enabled: !hook.enabled };
  if (await attempt(() => control("PUT", `/webhooks/${hook.id}`, { body }))) await changed();
}

async function remove(hook) {
  const explained = `${hook.url} is told nothing any more. What is on its way to it is dropped.`;
  if (!(await confirmed(`Delete ${hook.name}?`, explained, "Delete"))) return;
  const gone = () => control("DELETE", `/webhooks/${hook.id}`);
  if (await attempt(gone, `${hook.name} is deleted.`)) await changed();
  $("#register").focus();
}

/** Register the built-in inbox, which then checks signatures by the secret that was made. */
export async function useInbox() {
  const url = `${root}/_sandbox/inbox/${INBOX}?sandbox=${sandbox}`;
  const known = (await drawHooks()).find((each) => each.url === url);
  if (known) {
    await control("PUT", `/webhooks/${known.id}`, { body: { enabled: true } });
    notice("The built-in inbox is registered already.");
  } else {
    const body = { url, name: "Built-in inbox" };
    const { secret } = await control("POST", "/webhooks", { body });
    await control("PUT", `/inbox/${INBOX}`, { body: { secret } });
    notice("The built-in inbox is registered: send a test event.");
  }
  await changed();
}
