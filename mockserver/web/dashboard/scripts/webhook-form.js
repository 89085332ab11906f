/** The dialog that registers or edits a webhook. */

import { callControl } from "./api-client.js";
import { $, $$, createElement, setText } from "./dom.js";
import { codeBlock } from "./elements.js";
import { eventKinds, loadEventTypes } from "./event-types.js";

const ALL_EVENTS = "*";
const dialog = $("#hook-dialog");
const form = $("#hook-form");
let editedWebhook = null; // null: the form registers a new one
let notifySaved = async () => {};

/** Set the callback for a registered or changed webhook. */
export function setUpWebhookForm(onSave) {
  notifySaved = onSave;
}

/** Open the dialog for a webhook, or for a new one. */
export async function openWebhookForm(webhook = null) {
  editedWebhook = webhook;
  await createEventBoxes();
  form.reset();
  setText(form, "#hook-problem", "");
  $("#hook-dialog-title").textContent = webhook ? `Edit ${webhook.name}` : "Register a webhook";
  $("#hook-save").textContent = webhook ? "Save" : "Register";
  $("#secret-help").textContent = webhook
    ? "Leave empty to keep the current secret."
    : "Leave empty to generate a secret.";
  if (webhook) {
    form.elements.url.value = webhook.url;
    form.elements.name.value = webhook.name;
  }
  selectEvents(webhook?.events ?? [ALL_EVENTS]);
  dialog.showModal();
  form.elements.url.focus();
}

async function createEventBoxes() {
  const container = $("#kinds");
  if (container.children.length) return;
  const types = await loadEventTypes();
  container.append(...eventKinds(types).map((kind) => kindFieldset(kind, types)));
}

function kindFieldset(kind, types) {
  const ofKind = types.filter((type) => type.startsWith(`${kind}.`));
  const labels = [`${kind}.*`, ...ofKind].map((pattern) => {
    const box = createElement("input", { type: "checkbox", name: "event", value: pattern });
    const text = pattern.endsWith(ALL_EVENTS) ? `all ${pattern}` : pattern.slice(kind.length + 1);
    return createElement("label", { className: "inline" }, box, ` ${text}`);
  });
  return createElement("fieldset", {}, createElement("legend", {}, kind), ...labels);
}

const eventBoxes = () => $$('input[name="event"]', form);

function selectEvents(patterns) {
  form.elements.all.checked = patterns.includes(ALL_EVENTS);
  const known = new Set(eventBoxes().map((box) => box.value));
  for (const box of eventBoxes()) box.checked = patterns.includes(box.value);
  const others = patterns.filter((pattern) => pattern !== ALL_EVENTS && !known.has(pattern));
  form.elements.patterns.value = others.join(", ");
  disableCoveredEvents();
}

/** Disable and clear the boxes that a wider pattern includes. */
function disableCoveredEvents() {
  const isAll = form.elements.all.checked;
  form.elements.patterns.disabled = isAll;
  for (const box of eventBoxes()) {
    const kindPattern = `${box.value.split(".")[0]}.*`;
    const isCovered =
      box.value !== kindPattern &&
      eventBoxes().some((other) => other.value === kindPattern && other.checked);
    box.disabled = isAll || isCovered;
    if (box.disabled) box.checked = false;
  }
}

function selectedEvents() {
  if (form.elements.all.checked) return [ALL_EVENTS];
  const checked = eventBoxes().filter((box) => box.checked);
  const patterns = form.elements.patterns.value.split(",").map((pattern) => pattern.trim());
  return [...checked.map((box) => box.value), ...patterns.filter(Boolean)];
}

function readWebhook() {
  const value = (name) => form.elements[name].value.trim();
  const webhook = { events: selectedEvents() };
  if (value("url") !== editedWebhook?.url) webhook.url = value("url"); // it may be redacted
  if (value("name")) webhook.name = value("name");
  if (value("secret")) webhook.secret = value("secret");
  return webhook;
}

async function saveWebhook(event) {
  event.preventDefault();
  const body = readWebhook();
  if (!body.events.length) return setText(form, "#hook-problem", "Choose at least one event.");
  try {
    if (editedWebhook) await callControl("PUT", `/webhooks/${editedWebhook.id}`, { body });
    else showSecret(await callControl("POST", "/webhooks", { body }));
  } catch (error) {
    return setText(form, "#hook-problem", error.message);
  }
  dialog.close();
  return notifySaved();
}

/** Show the secret of a new webhook; the server returns it only this once. */
function showSecret({ name, secret }) {
  $("#secret-shown").replaceChildren(codeBlock(`Secret of ${name}`, secret));
  dialog.close();
  $("#secret-dialog").showModal();
}

form.addEventListener("change", disableCoveredEvents);
form.addEventListener("submit", saveWebhook);
$("#hook-cancel").addEventListener("click", () => dialog.close());
$("#secret-dialog").addEventListener("close", () => $("#secret-shown").replaceChildren());
