/** Where one writes: as the user, through the API, or as anybody else, by simulation. */

import { api, control } from "./connection.js";
import { $, attempt, make, notice } from "./dom.js";
import { called } from "./people.js";
import { beat } from "./pulse.js";

const form = $("#composer");
const author = $("#author");
const text = $("#text");
const files = $("#files");

/** What was begun and not sent, by conversation: it shall not go out in another. */
const drafts = new Map();
/** The conversations in which something is on its way. */
const sending = new Set();

let chat = null;
let editing = null;

/** Be about a conversation; `isThere(message)` tells whether it has a message still. */
export function present(shown, isThere) {
  const before = chat?.conversation.id;
  const other = before !== shown.conversation.id;
  if (other) {
    stopEditing();
    if (before) drafts.set(before, text.value);
    text.value = drafts.get(shown.conversation.id) ?? "";
  } else if (editing && !isThere(editing)) {
    notice("The message that you were editing is gone; what you wrote is still here.", "bad");
    stopEditing(text.value);
  }
  chat = shown;
  const writers = [["", "you, the user"], ...chat.others.map((each) => [each.id, called(each)])];
  const wanted = JSON.stringify(writers);
  if (author.dataset.writers !== wanted) {
    const picked = other ? "" : author.value;
    author.dataset.writers = wanted;
    author.replaceChildren(...writers.map(([value, name]) => make("option", { value }, name)));
    author.value = writers.some(([value]) => value === picked) ? picked : "";
  }
  if (other) {
    files.value = "";
    chosen();
    author.value = "";
    $("#send").disabled = sending.has(shown.conversation.id);
  }
  readers();
}

/** Who acts: the user, or the one who was picked. */
export function addressed(shown) {
  return shown.others.find((each) => each.id === author.value) ?? shown.user;
}

/** Have a message changed by whoever has sent it. */
export function edit(message, shown) {
  editing = message;
  author.value = message.contact.id === shown.user.id ? "" : message.contact.id;
  author.disabled = true;
  text.value = message.message;
  $("#editing").hidden = false;
  $("#send").textContent = "Save";
  text.focus();
}

function stopEditing(left = "") {
  if (editing) text.value = left;
  editing = null;
  author.disabled = false;
  $("#editing").hidden = true;
  $("#send").textContent = "Send";
}

/** Send what is there now: while it is on its way, another conversation may be picked. */
async function send() {
  const said = text.value;
  const from = author.value;
  const isUser = from === "";
  const enclosures = [...files.files];
  if (editing) {
    const path = `/messages/${editing.id}`;
    return isUser
      ? api("PUT", path, { message: said })
      : control("POST", "/simulate/edit", { body: { message_id: editing.id, message: said } });
  }
  const body = { conversation_id: chat.conversation.id, message: said };
  if (isUser) {
    const uploads = [];
    for (const file of enclosures)
      uploads.push((await api("POST", "/attachments", upload(file))).id);
    return api("POST", "/messages", uploads.length ? { ...body, attachments: uploads } : body);
  }
  const attachments = await Promise.all(enclosures.map(enclosed));
  return control("POST", "/simulate/message", {
    body: { from, ...body, ...(attachments.length ? { attachments } : {}) },
  });
}

function upload(file) {
  const parts = new FormData();
  parts.append("file", file, file.name);
  return parts;
}

/** A file as the control API takes it: its name, and its bytes in base64. */
async function enclosed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const binary = Array.from(bytes, (each) => String.fromCharCode(each)).join("");
  return { filename: file.name, content: btoa(binary) };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { id } = chat.conversation;
  if (sending.has(id)) return; // a second Enter
  sending.add(id);
  $("#send").disabled = true;
  const said = text.value;
  const done = await attempt(send);
  sending.delete(id);
  $("#send").disabled = sending.has(chat.conversation.id);
  if (id !== chat.conversation.id) {
    if (done && drafts.get(id) === said) drafts.delete(id);
    return;
  }
  if (done) {
    const left = text.value === said ? "" : text.value; // what was begun meanwhile
    stopEditing(left);
    text.value = left;
    files.value = "";
    chosen();
  }
  text.focus();
  await beat();
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

$("#stop-editing").addEventListener("click", () => {
  stopEditing();
  text.focus();
});

files.addEventListener("change", chosen);

function chosen() {
  const names = [...files.files].map((file) => make("li", { className: "tag" }, file.name));
  $("#chosen").replaceChildren(...names);
}

author.addEventListener("change", readers);

/** Only others can read what the user has said. */
function readers() {
  $("#read").hidden = author.value === "";
}

$("#read").addEventListener("click", async () => {
  const body = { from: author.value, conversation_id: chat.conversation.id };
  await attempt(() => control("POST", "/simulate/read", { body }));
  beat();
});
