// What a client by openapi-typescript and openapi-fetch does with the API, told as JSON.
import createClient from "openapi-fetch";
import type { paths } from "./schema.d.ts";
import { GROUP, NOBODY, USER, good, refused, walked } from "./twin.ts";

const baseUrl = process.env.PROTOCOL_API_BASE_URL!;
const client = (token: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const api = client(process.env.MOCKSERVER_TOKEN!);
const at = (id: string) => ({ params: { path: { id } } });

const told: Record<string, unknown> = {
  walked: {
    contacts: await walked((query) => api.GET("/contacts", { params: { query } })),
    conversations: await walked((query) => api.GET("/conversations", { params: { query } })),
    groups: await walked((query) => api.GET("/groups", { params: { query } })),
    messages: await walked((query) => api.GET("/messages", { params: { query } })),
    attachments: await walked((query) => api.GET("/attachments", { params: { query } })),
  },
};

const contact = await good(
  api.POST("/contacts", { body: { username: "Buzz", phone_number: "1" } }),
);
const group = await good(
  api.POST("/groups", { body: { name: "Tree house", contacts: [contact.id] } }),
);
const talk = await good(api.POST("/conversations", { body: { contact_id: contact.id } }));
const file = await good(
  api.POST("/attachments", {
    body: { file: "" },
    bodySerializer() {
      const form = new FormData();
      form.append("file", new Blob(["Grüße"], { type: "text/plain" }), "plan.txt");
      return form;
    },
  }),
);
const message = await good(
  api.POST("/messages", {
    body: { conversation_id: talk.id, message: "Well?", attachments: [file.id] },
  }),
);
told.created = [
  contact.username,
  group.contacts[0]!.username,
  talk.contact_id === contact.id,
  file.filename,
  file.file_size,
  message.attachments[0]!.message_id === message.id,
];

const shown = { ...at(contact.id), body: { display_name: "B" } };
const muted = { ...at(talk.id), body: { is_muted: true, pinned_message_id: message.id } };
const liked = { ...at(message.id), body: { reactions: { joy: ["Buzz"] } } };
told.updated = [
  (await good(api.PUT("/contacts/{id}", shown))).display_name,
  (await good(api.PUT("/groups/{id}", { ...at(group.id), body: { description: "Up" } })))
    .description,
  (await good(api.PUT("/conversations/{id}", muted))).is_muted,
  (await good(api.PUT("/messages/{id}", liked))).reactions,
  (await good(api.PUT("/attachments/{id}", { ...at(file.id), body: { filename: "b.txt" } })))
    .filename,
];
told.retrieved = [
  (await good(api.GET("/contacts/{id}", at(contact.id)))).display_name,
  (await good(api.GET("/groups/{id}", at(group.id)))).description,
  (await good(api.GET("/conversations/{id}", at(talk.id)))).pinned_message_id === message.id,
  (await good(api.GET("/messages/{id}", at(message.id)))).message,
  (await good(api.GET("/attachments/{id}", at(file.id)))).file_type,
];
await api.DELETE("/attachments/{id}", at(file.id));
await api.DELETE("/messages/{id}", at(message.id));
await api.DELETE("/conversations/{id}", at(talk.id));
await api.DELETE("/groups/{id}", at(group.id));
await api.DELETE("/contacts/{id}", at(contact.id));
told.deleted = await refused(api.GET("/contacts/{id}", at(contact.id)));

const lost = { params: { query: { starting_after: NOBODY } } };
const refusals = [
  await refused(api.GET("/contacts", lost)),
  await refused(client("revoked_1").GET("/contacts")),
  await refused(api.GET("/contacts/{id}", at(NOBODY))),
  await refused(api.DELETE("/contacts/{id}", at(USER))),
];
for (;;) {
  const answer = await refused(api.PUT("/groups/{id}", { ...at(GROUP), body: { description: "Up" } }));
  if (!answer.length) break;
  refusals.push(answer);
}
told.refused = refusals;
console.log(JSON.stringify(told));
