/** The registered webhooks, a card each. */

import { confirmAction, showNotice, tryAction } from "./actions.js";
import { callControl, origin, sandboxName } from "./api-client.js";
import { $, cloneTemplate, reconcileChildren } from "./dom.js";
import { tag } from "./elements.js";
import { patternLabel } from "./event-types.js";
import { openWebhookForm } from "./webhook-form.js";

/** The name of the inbox that "Use the built-in inbox" registers. */
export const BUILT_IN_INBOX = "dashboard";

let webhooks = [];
let notifyChanged = async () => {};
let showDeliveries = () => {};

/** Set the callbacks for a changed webhook, and for the button Deliveries of a webhook. */
export function setUpWebhookList(onChange, onShowDeliveries) {
  notifyChanged = onChange;
  showDeliveries = onShowDeliveries;
}

/** Load, show and return the webhooks. */
export async function refreshWebhooks() {
  ({ data: webhooks } = await callControl("GET", "/webhooks"));
  reconcileChildren($("#hooks"), webhooks, (webhook) => webhook.id, createCard, updateCard);
  $("#no-hooks").hidden = webhooks.length > 0;
  return webhooks;
}

function createCard({ id }) {
  const card = cloneTemplate("hook");
  const onClick = (selector, action) =>
    $(selector, card).addEventListener("click", () =>
      action(webhooks.find((webhook) => webhook.id === id)),
    );
  onClick(".edit", (webhook) => tryAction(() => openWebhookForm(webhook)));
  onClick(".toggle", toggleWebhook);
  onClick(".show-deliveries", (webhook) => showDeliveries(webhook));
  onClick(".delete", deleteWebhook);
  return card;
}

function updateCard(card, { id, name, url, secret, events, enabled }) {
  updateText($("h3", card), name);
  const state = $(".enabled", card);
  state.className = `tag enabled ${enabled ? "good" : "warn"}`;
  updateText(state, enabled ? "enabled" : "disabled");
  updateText($(".url", card), url);
  updateText($(".secret", card), secret);
  updateText($(".id", card), id);
  const patterns = events.map((pattern) => tag(patternLabel(pattern), "accent"));
  $(".events", card).replaceChildren(...patterns);
  updateButton($(".toggle", card), enabled ? "Disable" : "Enable", name);
  updateButton($(".edit", card), "Edit", name);
  updateButton($(".show-deliveries", card), "Deliveries", name, " of ");
  updateButton($(".delete", card), "Delete…", name);
}

/** Set a text only if it differs, so that a selection in it survives. */
function updateText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function updateButton(button, text, webhookName, separator = " ") {
  updateText(button, text);
  button.setAttribute("aria-label", text + separator + webhookName);
}

async function toggleWebhook({ id, enabled }) {
  const body = { enabled: !enabled };
  if (await tryAction(() => callControl("PUT", `/webhooks/${id}`, { body }))) {
    await notifyChanged();
  }
}

async function deleteWebhook({ id, name, url }) {
  const explanation = `No more events are sent to ${url}; pending deliveries are dropped.`;
  if (!(await confirmAction(`Delete ${name}?`, explanation, "Delete"))) return;
  const remove = () => callControl("DELETE", `/webhooks/${id}`);
  if (await tryAction(remove, `${name} deleted.`)) await notifyChanged();
  $("#register").focus();
}

/** Register the built-in inbox, and give it the secret, so that it checks signatures. */
export async function useBuiltInInbox() {
  const url = `${origin}/_sandbox/inbox/${BUILT_IN_INBOX}?sandbox=${sandboxName}`;
  const existing = (await refreshWebhooks()).find((webhook) => webhook.url === url);
  if (existing) {
    await callControl("PUT", `/webhooks/${existing.id}`, { body: { enabled: true } });
    showNotice("The built-in inbox is already registered.");
  } else {
    const body = { url, name: "Built-in inbox" };
    const { secret } = await callControl("POST", "/webhooks", { body });
    await callControl("PUT", `/inbox/${BUILT_IN_INBOX}`, { body: { secret } });
    showNotice("Built-in inbox registered. Send a test event to try it.");
  }
  await notifyChanged();
}
