/** The message field: writes as the user by the API, or as another contact by simulation. */

import { showNotice, tryAction } from "./actions.js";
import { callApi, callControl } from "./api-client.js";
import { contactName } from "./contact.js";
import { $, createElement } from "./dom.js";
import { pollNow } from "./poller.js";

const form = $("#composer");
const authorSelect = $("#author");
const textField = $("#text");
const fileInput = $("#files");

/** Unsent texts, by conversation. */
const drafts = new Map();
/** The ids of conversations to which a message is being sent. */
const sending = new Set();

let summary = null; // the conversation summary
let editedMessage = null;

/** Show the composer for a conversation; `mayExist(message)` is false once a message is deleted. */
export function showComposer(newSummary, mayExist) {
  const previousId = summary?.conversation.id;
  const id = newSummary.conversation.id;
  const isOther = previousId !== id;
  if (isOther) {
    stopEditing();
    if (previousId) drafts.set(previousId, textField.value);
    textField.value = drafts.get(id) ?? "";
  } else if (editedMessage && !mayExist(editedMessage)) {
    showNotice("The message you were editing was deleted; your text is kept.", "bad");
    stopEditing(textField.value);
  }
  summary = newSummary;
  fillAuthors(isOther);
  if (isOther) {
    fileInput.value = "";
    showChosenFiles();
    authorSelect.value = "";
    $("#send").disabled = sending.has(id);
  }
  updateReadButton();
}

/** Fill the select of authors, if they have changed. */
function fillAuthors(isOtherConversation) {
  const authors = [
    ["", "You (the user)"],
    ...summary.others.map((contact) => [contact.id, contactName(contact)]),
  ];
  const content = JSON.stringify(authors);
  if (authorSelect.dataset.content === content) return;
  const selected = isOtherConversation ? "" : authorSelect.value;
  authorSelect.dataset.content = content;
  authorSelect.replaceChildren(
    ...authors.map(([value, name]) => createElement("option", { value }, name)),
  );
  authorSelect.value = authors.some(([value]) => value === selected) ? selected : "";
}

/** Return the contact that the user writes and reacts as. */
export function selectedAuthor({ others, user }) {
  return others.find((contact) => contact.id === authorSelect.value) ?? user;
}

/** Start editing a message, as its author. */
export function editMessage(message, { user }) {
  editedMessage = message;
  authorSelect.value = message.contact.id === user.id ? "" : message.contact.id;
  authorSelect.disabled = true;
  textField.value = message.message;
  $("#editing").hidden = false;
  $("#send").textContent = "Save";
  textField.focus();
}

function stopEditing(text = "") {
  if (editedMessage) textField.value = text;
  editedMessage = null;
  authorSelect.disabled = false;
  $("#editing").hidden = true;
  $("#send").textContent = "Send";
}

/** Send the form's content, read at once: the user may open another conversation meanwhile. */
async function sendMessage() {
  const message = textField.value;
  const from = authorSelect.value;
  const isUser = from === "";
  const files = [...fileInput.files];
  if (editedMessage) {
    const { id } = editedMessage;
    return isUser
      ? callApi("PUT", `/messages/${id}`, { message })
      : callControl("POST", "/simulate/edit", { body: { message_id: id, message } });
  }
  const body = { conversation_id: summary.conversation.id, message };
  if (isUser) {
    const ids = [];
    for (const file of files) ids.push((await callApi("POST", "/attachments", fileForm(file))).id);
    return callApi("POST", "/messages", ids.length ? { ...body, attachments: ids } : body);
  }
  const attachments = await Promise.all(files.map(encodeFile));
  return callControl("POST", "/simulate/message", {
    body: { from, ...body, ...(attachments.length ? { attachments } : {}) },
  });
}

function fileForm(file) {
  const data = new FormData();
  data.append("file", file, file.name);
  return data;
}

/** Return a file in the format of the control API: name, and content in base64. */
async function encodeFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { filename: file.name, content: btoa(binary) };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { id } = summary.conversation;
  if (sending.has(id)) return; // Enter was pressed twice
  sending.add(id);
  $("#send").disabled = true;
  const sentText = textField.value;
  const succeeded = await tryAction(sendMessage);
  sending.delete(id);
  $("#send").disabled = sending.has(summary.conversation.id);
  if (id !== summary.conversation.id) {
    if (succeeded && drafts.get(id) === sentText) drafts.delete(id);
    return;
  }
  if (succeeded) {
    const newText = textField.value === sentText ? "" : textField.value; // typed meanwhile
    stopEditing(newText);
    textField.value = newText;
    fileInput.value = "";
    showChosenFiles();
  }
  textField.focus();
  await pollNow();
});

textField.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

$("#stop-editing").addEventListener("click", () => {
  stopEditing();
  textField.focus();
});

fileInput.addEventListener("change", showChosenFiles);

function showChosenFiles() {
  const items = [...fileInput.files].map((file) =>
    createElement("li", { className: "tag" }, file.name),
  );
  $("#chosen").replaceChildren(...items);
}

authorSelect.addEventListener("change", updateReadButton);

/** Only other contacts can read what the user has written. */
function updateReadButton() {
  $("#read").hidden = authorSelect.value === "";
}

$("#read").addEventListener("click", async () => {
  const body = { from: authorSelect.value, conversation_id: summary.conversation.id };
  await tryAction(() => callControl("POST", "/simulate/read", { body }));
  pollNow();
});
