/** Fault rules: descriptions for the user, types and parameters, and the order of the rules. */

import { callControl } from "./api-client.js";
import { createElement } from "./dom.js";
import { readForm } from "./form.js";

/** The id of the rule that the Latency card creates. */
export const LATENCY_RULE = "latency";

const DESCRIPTIONS = {
  error: ({ status, retry_after: seconds }) =>
    seconds == null ? `Error ${status}` : `Error ${status}, Retry-After ${seconds} s`,
  fixed: ({ fixedDelayMilliseconds: ms }) => `Delay of ${ms} ms`,
  uniform: ({ lower, upper }) => `Delay of ${lower} to ${upper} ms`,
  lognormal: ({ median, sigma }) => `Delay of about ${median} ms (lognormal, sigma ${sigma})`,
  dribble: ({ numberOfChunks: chunks, totalDuration: ms }) =>
    `Response in ${chunks} chunks over ${ms} ms`,
  CONNECTION_RESET_BY_PEER: () => "Connection reset, request not executed",
  EMPTY_RESPONSE: () => "Empty response, request not executed",
  MALFORMED_RESPONSE_CHUNK: () => "Malformed chunk, request not executed",
  RANDOM_DATA_THEN_CLOSE: () => "Random data, request not executed",
  truncate: () => "Truncated response, request executed",
  commit_then_drop: () => "Dropped response, request executed",
  schema_drift: () => "Schema drift: unknown attributes and events",
  page_cap: ({ maximum }) => `At most ${maximum} objects per page`,
};

/** Return the rules that can still apply: those not yet applied `times` times. */
export const activeRules = (rules) =>
  rules.filter(({ times, applied }) => times == null || applied < times);

/** Describe what a fault does; an unknown type is shown as is. */
export const describeFault = (fault) => DESCRIPTIONS[fault.type]?.(fault) ?? fault.type;

/** Describe which requests a rule matches, and when it applies. */
export function describeMatch({ match, after, times, probability }) {
  const { method, path, resource, operation } = match;
  const request = [method, path].filter(Boolean).join(" ");
  const action = [operation, resource].filter(Boolean).join(" of ");
  const requests = [request, action].filter(Boolean).join(", ");
  const parts = [
    requests ? `for ${requests}` : "for every request",
    after ? `skipping the first ${after}` : null,
    times === 1 ? "once" : times && `${times} times`,
    probability === 1 ? null : `with probability ${probability}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Return whether a rule applies to every request, so that no rule after it ever applies. */
const appliesToAll = ({ match, after, matched, times, probability }) =>
  Object.keys(match).length === 0 && times === null && probability === 1 && matched >= after;

/** Return the earlier rule that prevents a rule from ever applying, if any. */
export const shadowedBy = (rule, rules) => rules.slice(0, rules.indexOf(rule)).find(appliesToAll);

/** Add a rule, and move the rules that would shadow it behind it. */
export async function addRule(rule) {
  const added = await callControl("POST", "/faults", { body: rule });
  const { data } = await callControl("GET", "/faults");
  const earlier = data.slice(
    0,
    data.findIndex(({ id }) => id === added.id),
  );
  for (const shadowing of earlier.filter(appliesToAll)) await moveToEnd(shadowing);
  return added;
}

/** Move a rule behind all others; its counts are kept. */
export async function moveToEnd(rule) {
  await callControl("DELETE", `/faults/${rule.id}`);
  await callControl("POST", "/faults", { body: rule });
}

/**
 * Fill a select with the fault types, and show fields for the parameters of the selected type.
 *
 * Returns a function that reads these fields; its property `ready` is a promise that resolves once
 * the types are loaded.
 */
export function setUpFaultFields(typeSelect, container) {
  const readParameters = () => readForm({ elements: container.querySelectorAll("input") });
  readParameters.ready = loadFaultSchemas().then((schemas) => {
    const options = [...schemas.keys()].map((type) => createElement("option", {}, type));
    typeSelect.replaceChildren(...options);
    const showFields = () =>
      container.replaceChildren(...createFields(schemas.get(typeSelect.value)));
    typeSelect.addEventListener("change", showFields);
    showFields();
  });
  return readParameters;
}

/** Return the schema of each fault type, from the control API's OpenAPI document. */
async function loadFaultSchemas() {
  const { paths } = await callControl("GET", "/openapi.json");
  const { schema } = paths["/faults"].post.requestBody.content["application/json"];
  const schemas = schema.properties.fault.oneOf.filter(({ properties }) => properties);
  return new Map(schemas.map((fault) => [fault.properties.type.const, fault]));
}

function createFields({ properties, required }) {
  const names = Object.keys(properties).filter((name) => name !== "type");
  return names.map((name) => {
    const input = createInput(name, properties[name]);
    input.required = required.includes(name);
    return createElement("label", {}, `${name}${input.required ? "" : " (optional)"}`, input);
  });
}

function createInput(name, schema) {
  const isNumber = [schema.type].flat().some((type) => type === "integer" || type === "number");
  if (!isNumber) return createElement("input", { name, autocomplete: "off" });
  const input = createElement("input", { name, type: "number", className: "short" });
  input.min = schema.minimum;
  input.max = schema.maximum;
  input.step = schema.type === "number" ? "any" : "1";
  if (name === "status") input.value = "503";
  return input;
}
