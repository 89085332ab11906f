/** The inboxes: messages of the built-in webhook receivers, and their signature checks. */

import { confirmAction, tryAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, createElement, createTime, reconcileChildren, setText } from "./dom.js";
import { bodyBlock, collapsible, headersTable, jsonBlock, statusTag, tag } from "./elements.js";
import { formatCount, pluralize } from "./format.js";
import { BUILT_IN_INBOX } from "./webhook-list.js";

const MAX_MESSAGES = 100;
const picker = $("#inbox-name");
const list = $("#messages");
let shownName = null;
let messages = [];

/** Load and show the messages of the selected inbox. */
export async function refreshInbox() {
  const { data: inboxes } = await callControl("GET", "/inbox");
  const names = inboxes.map((inbox) => inbox.name);
  const name = [picker.value, BUILT_IN_INBOX].find((inbox) => names.includes(inbox)) ?? names[0];
  reconcileChildren(
    picker,
    names,
    (value) => value,
    (value) => createElement("option", { value }, value),
  );
  if (name !== undefined) picker.value = name;
  for (const id of ["#inbox-choice", "#inbox-actions"]) $(id).hidden = name === undefined;
  await loadMessages(inboxes.find((inbox) => inbox.name === name));
  const newestFirst = messages.slice(-MAX_MESSAGES).reverse();
  reconcileChildren(list, newestFirst, (message) => message.number, messageItem);
  list.hidden = messages.length === 0;
  setText(document, "#no-messages", messages.length ? "" : emptyText(name));
}

const emptyText = (name) =>
  name === undefined
    ? "No inbox yet. “Use the built-in inbox” registers one for all events."
    : "No deliveries received yet.";

/** Load the new messages of an inbox, or all of them if another one was shown. */
async function loadMessages(inbox) {
  setText(document, "#inbox-about", inbox && describeInbox(inbox));
  const lastNumber = messages.at(-1)?.number ?? 0;
  const isSame = inbox?.name === shownName && inbox.received >= lastNumber;
  if (!isSame) {
    messages = [];
    list.replaceChildren();
  }
  shownName = inbox?.name ?? null;
  const since = messages.at(-1)?.number;
  if (!inbox || inbox.received === since) return;
  const { data } = await callControl("GET", `/inbox/${inbox.name}`, { query: { since } });
  const isCurrent = inbox.name === shownName && messages.at(-1)?.number === since;
  if (!isCurrent) return; // another load has changed the messages meanwhile
  messages = [...messages, ...data].slice(-MAX_MESSAGES);
}

function describeInbox({ received, secret, answers }) {
  const [next] = answers;
  const signatures = secret ? "signatures are checked" : "signatures are not checked (no secret)";
  const response = next.hang_up ? "close the connection" : String(next.status);
  return `${formatCount(received)} received; ${signatures}; next response: ${response}.`;
}

function messageItem({ number, at, event, body, headers, answer, verified, duplicate_of: first }) {
  const type = event?.type;
  const line = createElement(
    "span",
    { className: "facts" },
    createElement("span", { className: "faint" }, `#${number}`),
    createElement("strong", { className: "mono" }, type === undefined ? "no event" : String(type)),
    createTime(at),
    signatureTag(verified),
    first === null ? null : tag(`duplicate of #${first}`, "warn"),
    createElement("span", { className: "faint" }, "response "),
    answer.hang_up ? tag("connection closed", "bad") : statusTag(answer.status),
  );
  const content = event === null ? bodyBlock("Body", body) : jsonBlock("Event", event);
  return createElement("li", {}, collapsible(line, content, headersTable("Headers", headers)));
}

function signatureTag(verified) {
  if (verified === null) return tag("signature not checked");
  return verified ? tag("signature valid", "good") : tag("signature invalid", "bad");
}

async function deleteInbox() {
  const explanation = `This deletes its secret and ${pluralize(messages.length, "message")}.`;
  if (!(await confirmAction(`Delete the inbox ${shownName}?`, explanation, "Delete"))) return;
  const remove = () => callControl("DELETE", `/inbox/${shownName}`);
  if (await tryAction(remove, "Inbox deleted.")) await tryAction(refreshInbox);
}

picker.addEventListener("change", () => tryAction(refreshInbox));
$("#inbox-refresh").addEventListener("click", () => tryAction(refreshInbox));
$("#inbox-delete").addEventListener("click", deleteInbox);
