/** The cast: who is on stage, what they do next, and what was said. */

import { confirmed } from "./confirm.js";
import { control, ownToken, sandbox } from "./connection.js";
import { $, $$, hour, make, reconcile, say, when } from "./dom.js";
import { act, submits } from "./form.js";

const LINES = 30;
/** How an act is told of, where a line has no text. */
const DID = {
  react: "reacts",
  read: "reads",
  join: "joins",
  leave: "leaves",
  come: "comes in",
  go: "goes home",
};

const card = $("#card-cast");
const form = $("#put-on");
let onStage = null;
let lines = [];

/** What only this card shows; nothing, as long as nobody is there to be asked about. */
export async function look() {
  if (!onStage) return { company: null };
  const query = { since: lines.at(-1)?.id, limit: 10000 };
  try {
    const [company, { data }] = await Promise.all([
      control("GET", "/cast"),
      control("GET", "/transcript", { query }),
    ]);
    lines = [...lines, ...data].slice(-LINES);
    return { company };
  } catch {
    lines = []; // others have come, or nobody is there any more: the next look tells
    return { company: null };
  }
}

export function show({ cast, company }) {
  if (cast !== onStage) lines = [];
  onStage = cast;
  $("#no-cast").hidden = Boolean(cast);
  $("#on-stage").hidden = !company;
  if (!company) return;
  say(
    card,
    "#people-title",
    `“${company.script}” is on stage, with the seed ${company.seed || "0"}`,
  );
  const people = [...company.people, ...company.strangers].filter((each) => each.is_here);
  reconcile($("#people"), people, (each) => each.contact_id, newPerson, fillPerson);
  const counts = Object.entries(company.counts).map(([act, count]) => `${count} × ${act}`);
  say(
    card,
    "#acts",
    counts.length ? `So far: ${counts.join(", ")}.` : "They have done nothing yet.",
  );
  const [next] = company.next;
  say(card, "#next-act", next ? `The next to act: ${called(people, next)}, ${when(next.at)}.` : "");
  const said = $("#said");
  const atEnd = said.scrollHeight - said.scrollTop - said.clientHeight < 10;
  const line = (each) => each.id;
  reconcile(said, lines, line, newLine, () => {});
  if (atEnd) said.scrollTop = said.scrollHeight;
}

const called = (people, { contact_id: id }) =>
  people.find((each) => each.contact_id === id)?.name ?? "somebody";

function newPerson() {
  const tag = make("span", { className: "tag" });
  return make(
    "li",
    {},
    make("span", {}, make("b"), " ", make("span", { className: "faint" })),
    tag,
  );
}

function fillPerson(element, person) {
  say(element, "b", person.name);
  say(element, ".faint", person.role ?? "");
  const tag = say(element, ".tag", person.is_awake === false ? "asleep" : "awake");
  tag.classList.toggle("good", person.is_awake !== false);
}

function newLine({ at, name, scene, act: what, text }) {
  const said = what === "message" ? text : `(${DID[what] ?? what}${text ? `: ${text}` : ""})`;
  const where = make("span", { className: "faint" }, `${hour(at)} ${scene ?? ""} `);
  return make("li", {}, where, make("b", {}, name), " ", said);
}

/** Have those of a script come on: one by its name, or one from a file. */
submits(form, async ({ script, seed }) => {
  const file = form.elements.file.files[0];
  const wanted = file ? parsed(await file.text(), file.name) : script;
  await control("PUT", "/cast", {
    body: seed === undefined ? { script: wanted } : { script: wanted, seed },
  });
  onStage = "…"; // they are looked at at once
  lines = [];
  form.elements.file.value = "";
});

function parsed(text, name) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${error.message}`);
  }
}

$("#dismiss").addEventListener("click", async () => {
  const detail = "What they said stays. The contacts stay, too.";
  if (!(await confirmed("Send the cast home?", detail, "Send them home"))) return;
  onStage = null; // so that nobody asks for them meanwhile
  act(card, () => control("DELETE", "/cast"), "They have gone home.");
});

for (const each of $$("[data-speed]", card)) {
  each.addEventListener("click", () => {
    const speed = Number(each.dataset.speed);
    act(card, async () => {
      const { now } = await control("GET", "/clock");
      return control("PUT", "/clock", { body: { mode: "real", now, speed } });
    });
  });
}
for (const each of $$("[data-seconds]", card)) {
  const body = { seconds: Number(each.dataset.seconds) };
  each.addEventListener("click", () =>
    act(card, () => control("POST", "/clock/advance", { body })),
  );
}

// A page of the browser's own cannot say a token: where one is needed, the play is not to be had so.
$("#play").hidden = ownToken() !== null;
$("#play").href = `/_sandbox/transcript?format=text&sandbox=${sandbox}`;

const { data } = await control("GET", "/cast/scripts").catch(() => ({ data: [] }));
form.elements.script.append(...data.map(({ name }) => make("option", { value: name }, name)));
