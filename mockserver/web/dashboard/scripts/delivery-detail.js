/** The details of a delivery: attempts, payload, signature, and buttons to send it again. */

import { showNotice, tryAction } from "./actions.js";
import { callControl, pageUrl } from "./api-client.js";
import { stateTag } from "./delivery-list.js";
import { describeAction } from "./delivery-rules.js";
import { createElement, createTime, reconcileChildren } from "./dom.js";
import {
  actionButton,
  codeBlock,
  collapsible,
  detailHead,
  factsLine,
  faintText,
  headersTable,
  headerValue,
  jsonBlock,
  messageBody,
  monoText,
  section,
  statusTag,
  tag,
} from "./elements.js";
import { formatDuration, pluralize } from "./format.js";

const SIGNATURE_HEADER = "x-protocol-signature";

/**
 * Create the elements of the details; returns `{elements, update}`.
 *
 * `update(delivery)` shows a newer state without replacing what has not changed. `onAction` is
 * called after the user sent the delivery or its event again.
 */
export function deliveryDetail(delivery, webhookName, onAction) {
  const state = createElement("span");
  const facts = factsLine();
  const attempts = createElement("ol", { className: "attempts" });
  const noAttempts = faintText("No attempts yet.");
  const signature = createElement("div");
  const elements = [
    head(delivery, state, onAction),
    facts,
    section("h4", "Attempts", noAttempts, attempts),
    payloadSection(delivery),
    section("h4", "Signature", signature),
  ];
  function update(current) {
    state.replaceChildren(stateTag(current.state));
    facts.replaceChildren(...factElements(current, webhookName));
    const numbered = current.attempts.map((attempt, index) => ({ ...attempt, number: index + 1 }));
    noAttempts.hidden = numbered.length > 0;
    attempts.hidden = numbered.length === 0;
    reconcileChildren(attempts, numbered, ({ number }) => number, attemptItem);
    if (signature.dataset.attempts !== String(numbered.length)) {
      signature.dataset.attempts = String(numbered.length);
      signature.replaceChildren(...signatureElements(current));
    }
  }
  update(delivery);
  return { elements, update };
}

function head(delivery, state, onAction) {
  const title = createElement("h3", { tabIndex: -1, className: "mono" }, delivery.type);
  const redeliver = actionButton("Redeliver", async () => {
    const path = `/deliveries/${delivery.id}/redeliver`;
    await tryAction(() => callControl("POST", path, { body: {} }), "Redelivery started.");
    await onAction();
  });
  const resend = actionButton(
    "Resend event",
    async () => {
      await tryAction(async () => {
        const body = { event: delivery.event };
        const { data } = await callControl("POST", "/deliveries/redeliver", { body });
        showNotice(`Event sent again to ${pluralize(data.length, "webhook")}.`);
      });
      await onAction();
    },
    { className: "plain", title: "Send the event again to every webhook that received it" },
  );
  return detailHead(title, state, redeliver, resend);
}

function factElements(delivery, webhookName) {
  const { id, event, request, webhook, url, at, due, action } = delivery;
  const span = (...content) => createElement("span", {}, ...content);
  const eventHref = pageUrl("/dashboard/webhooks", { event }, id);
  const requestHref = pageUrl("/dashboard/requests", {}, request);
  return [
    span("to ", webhookName(webhook) ?? webhook, " ", monoText(url)),
    span(createTime(at), " UTC"),
    createElement("a", { href: eventHref }, "event ", monoText(event)),
    request
      ? createElement("a", { href: requestHref }, "request ", monoText(request))
      : createElement("span", { className: "faint" }, "not caused by a request"),
    createElement("span", { className: "mono faint" }, id),
    due === null ? null : span("due ", createTime(due), " on the sandbox's clock"),
    action ? span(tag(action.type, "accent"), ` ${describeAction(action)}`) : null,
  ].filter(Boolean);
}

function attemptItem(attempt) {
  const { number, at, ms, response, reason, detail } = attempt;
  const line = factsLine(
    createElement("strong", {}, `Attempt ${number}`),
    response ? statusTag(response.status) : tag("no response", "bad"),
    createElement("span", {}, createTime(at)),
    createElement("span", { className: "faint" }, formatDuration(ms)),
  );
  const problem = [reason, detail].filter(Boolean).join(": ");
  return createElement(
    "li",
    { className: reason ? "bad" : "good" },
    line,
    problem ? createElement("p", { className: "problem" }, problem) : null,
    exchangeElement(attempt),
  );
}

function exchangeElement({ number, request, response }) {
  const content = [headersTable(`Request headers of attempt ${number}`, request.headers)];
  if (response) {
    content.push(headersTable(`Response headers of attempt ${number}`, response.headers));
    const body = response.body || null;
    content.push(messageBody(`Response to attempt ${number}`, { ...response, body }));
  }
  return collapsible("Headers and response", ...content);
}

function payloadSection(delivery) {
  const size = new TextEncoder().encode(delivery.raw).length;
  const raw = codeBlock(`The ${pluralize(size, "byte")} that are signed and sent`, delivery.raw);
  return section("h4", "Payload", jsonBlock("Event", delivery.body), collapsible("Raw body", raw));
}

function signatureElements(delivery) {
  const last = delivery.attempts.at(-1);
  if (!last) return [faintText("The delivery is signed when it is sent.")];
  const value = headerValue(last.request.headers, SIGNATURE_HEADER);
  if (!value) return [faintText("Sent without a signature.")];
  const intro =
    delivery.action?.type === "corrupt"
      ? "A delivery rule corrupted the signature. The correct value is"
      : "This is";
  const command = `printf %s ${shellQuote(delivery.raw)} | openssl dgst -sha256 -hmac "$SECRET"`;
  return [
    codeBlock(SIGNATURE_HEADER, value),
    faintText(
      `${intro} the HMAC-SHA256 of the raw body, keyed with the webhook's secret, `,
      "in lowercase hexadecimal:",
    ),
    codeBlock("Compute the signature in a shell", command),
  ];
}

const shellQuote = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;
