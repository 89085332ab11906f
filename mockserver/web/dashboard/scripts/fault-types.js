/** The types of faults and what each takes, as the control API's own document has it. */

import { control } from "./connection.js";
import { make } from "./dom.js";
import { filled } from "./form.js";

/** Whether a field holds a number. */
const isNumber = ({ type }) =>
  [type].flat().some((each) => each === "integer" || each === "number");

/**
 * Fill a choice of types, and keep fields in `place` for the parameters of the chosen one. What
 * is returned reads them; its promise `ready` tells when the document was read.
 */
export function setUpTypes(choice, place) {
  const read = () => filled({ elements: place.querySelectorAll("input") });
  read.ready = types().then((known) => {
    choice.replaceChildren(...[...known.keys()].map((name) => make("option", {}, name)));
    const showFields = () => place.replaceChildren(...fieldsOf(known.get(choice.value)));
    choice.addEventListener("change", showFields);
    showFields();
  });
  return read;
}

/** The schemas of the parameters by type. */
async function types() {
  const { paths } = await control("GET", "/openapi.json");
  const { schema } = paths["/faults"].post.requestBody.content["application/json"];
  const objects = schema.properties.fault.oneOf.filter((each) => each.properties);
  return new Map(objects.map((each) => [each.properties.type.const, each]));
}

function fieldsOf({ properties, required }) {
  const names = Object.keys(properties).filter((name) => name !== "type");
  return names.map((name) => {
    const input = field(name, properties[name]);
    input.required = required.includes(name);
    return make("label", {}, `${name}${input.required ? "" : " (optional)"}`, input);
  });
}

function field(name, schema) {
  if (!isNumber(schema)) return make("input", { name, autocomplete: "off" });
  const input = make("input", { name, type: "number", className: "short" });
  input.min = schema.minimum;
  input.max = schema.maximum;
  input.step = schema.type === "number" ? "any" : "1";
  if (name === "status") input.value = "503";
  return input;
}
