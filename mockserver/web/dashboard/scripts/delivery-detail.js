/** One delivery, whole. What is there stays while it moves; only what is new is added. */

import { block, body, folded, headers, json, many, panel, statusTag, tag } from "./blocks.js";
import { control } from "./connection.js";
import { $, attempt, make, notice, reconcile, tell } from "./dom.js";
import { stateTag } from "./delivery-row.js";
import { took } from "./request-row.js";
import { told as ruleEffect } from "./delivery-rules.js";

const SIGNATURE = "x-protocol-signature";
const faint = (...text) => make("p", { className: "faint" }, ...text);
const section = (name, ...shown) => make("section", {}, make("h4", {}, name), ...shown);

/** Its elements, and the function that brings them up to date; `moved` is called after each deed. */
export function detail(delivery, nameOf, moved) {
  const state = make("span");
  const facts = make("p", { className: "facts" });
  const attempts = make("ol", { className: "attempts" });
  const untried = faint("It was not tried yet.");
  const signature = make("div");
  const parts = [
    head(delivery, state, moved),
    facts,
    section("Attempts", untried, attempts),
    payload(delivery),
    section("Signature", signature),
  ];
  function update(now) {
    state.replaceChildren(stateTag(now.state));
    facts.replaceChildren(...about(now, nameOf));
    untried.hidden = now.attempts.length > 0;
    attempts.hidden = now.attempts.length === 0;
    const numbered = now.attempts.map((each, place) => ({ ...each, number: place + 1 }));
    reconcile(
      attempts,
      numbered,
      (each) => each.number,
      attemptItem,
      () => {},
    );
    if (signature.dataset.of !== String(now.attempts.length)) {
      signature.dataset.of = String(now.attempts.length);
      signature.replaceChildren(...signed(now));
    }
  }
  update(delivery);
  return { parts, update };
}

function head(delivery, state, moved) {
  const title = make("h3", { tabIndex: -1, className: "mono" }, delivery.type);
  const again = make("button", { type: "button" }, "Redeliver");
  const resend = make("button", { type: "button", className: "plain" }, "Resend the event");
  resend.title = "To every webhook that was told of it";
  again.addEventListener("click", async () => {
    const path = `/deliveries/${delivery.id}/redeliver`;
    await attempt(() => control("POST", path, { body: {} }), "It is sent once more.");
    await moved();
  });
  resend.addEventListener("click", async () => {
    await attempt(async () => {
      const answer = await control("POST", "/deliveries/redeliver", {
        body: { event: delivery.event },
      });
      notice(`The event is sent once more, to ${many(answer.data.length, "webhook")}.`);
    });
    await moved();
  });
  return make("div", { className: "detail-head" }, title, state, again, resend);
}

function about(now, nameOf) {
  const time = make("time");
  tell(time, now.at);
  const due = make("time");
  tell(due, now.due);
  const event = make("a", { href: panel("/dashboard/webhooks", { event: now.event }, now.id) });
  event.append("event ", make("span", { className: "mono" }, now.event));
  const cause = now.request && make("a", { href: panel("/dashboard/requests", {}, now.request) });
  if (cause) cause.append("request ", make("span", { className: "mono" }, now.request));
  const to = make("span", {}, nameOf(now.webhook) ?? now.webhook, " ");
  return [
    make("span", {}, "to ", to, make("span", { className: "mono" }, now.url)),
    make("span", {}, time, " UTC"),
    event,
    cause || make("span", { className: "faint" }, "no request caused it"),
    make("span", { className: "mono faint" }, now.id),
    now.due === null ? null : make("span", {}, "due ", due, " by the sandbox's clock"),
    now.action &&
      make("span", {}, tag(now.action.type, "accent"), ` ${ruleEffect(now.action)}`),
  ].filter(Boolean);
}

function attemptItem(each) {
  const time = make("time");
  tell(time, each.at);
  const line = make(
    "p",
    { className: "facts" },
    make("strong", {}, `Attempt ${each.number}`),
    each.response ? statusTag(each.response.status) : tag("no answer", "bad"),
    make("span", {}, time),
    make("span", { className: "faint" }, took(each.ms)),
  );
  const why = [each.reason, each.detail].filter(Boolean).join(": ");
  const item = make("li", { className: each.reason ? "bad" : "good" }, line);
  if (why) item.append(make("p", { className: "problem" }, why));
  item.append(sent(each));
  return item;
}

function sent({ number, request, response }) {
  const shown = [headers(`Headers sent at attempt ${number}`, request.headers)];
  if (response) {
    const type = response.headers["content-type"];
    shown.push(headers(`Headers answered at attempt ${number}`, response.headers));
    shown.push(body(`Answer to attempt ${number}`, response.body || null, type));
  }
  return folded("Headers and answer", ...shown);
}

function payload(delivery) {
  const size = new TextEncoder().encode(delivery.raw).length;
  const raw = block(`The ${many(size, "byte")} as they are signed and sent`, delivery.raw);
  return section("Payload", json("Event", delivery.body), folded("As it is sent", raw));
}

function signed(now) {
  const last = now.attempts.at(-1);
  if (!last) return [faint("It is signed when it is sent.")];
  const [, value] =
    Object.entries(last.request.headers).find(([name]) => name.toLowerCase() === SIGNATURE) ?? [];
  if (!value) return [faint("It was sent without one.")];
  const why =
    now.action?.type === "corrupt"
      ? "A delivery rule made it wrong on purpose. The right value is"
      : "That is";
  const command = `printf %s ${quoted(now.raw)} | openssl dgst -sha256 -hmac "$SECRET"`;
  return [
    block(SIGNATURE, value),
    faint(
      `${why} the HMAC-SHA256 of the bytes as they are sent, keyed with the webhook's secret, `,
      "in lowercase hexadecimal:",
    ),
    block("To compute it in a shell", command),
  ];
}

const quoted = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;
