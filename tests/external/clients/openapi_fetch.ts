// Call every operation with a client by openapi-typescript and openapi-fetch, and print a report as JSON.
import createClient from "openapi-fetch";
import type { paths } from "./schema.d.ts";
import { GROUP, UNKNOWN_ID, USER, errorOf, resultOf, walk } from "./helpers.ts";

const baseUrl = process.env.PROTOCOL_API_BASE_URL!;
const client = (token: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const api = client(process.env.MOCKSERVER_TOKEN!);
const at = (id: string) => ({ params: { path: { id } } });

const report: Record<string, unknown> = {
  walked: {
    contacts: await walk((query) => api.GET("/contacts", { params: { query } })),
    conversations: await walk((query) => api.GET("/conversations", { params: { query } })),
    groups: await walk((query) => api.GET("/groups", { params: { query } })),
    messages: await walk((query) => api.GET("/messages", { params: { query } })),
    attachments: await walk((query) => api.GET("/attachments", { params: { query } })),
  },
};

const contact = await resultOf(
  api.POST("/contacts", { body: { username: "Buzz", phone_number: "1" } }),
);
const group = await resultOf(
  api.POST("/groups", { body: { name: "Tree house", contacts: [contact.id] } }),
);
const conversation = await resultOf(api.POST("/conversations", { body: { contact_id: contact.id } }));
const file = await resultOf(
  api.POST("/attachments", {
    body: { file: "" },
    bodySerializer() {
      const form = new FormData();
      form.append("file", new Blob(["Grüße"], { type: "text/plain" }), "plan.txt");
      return form;
    },
  }),
);
const message = await resultOf(
  api.POST("/messages", {
    body: { conversation_id: conversation.id, message: "Well?", attachments: [file.id] },
  }),
);
report.created = [
  contact.username,
  group.contacts[0]!.username,
  conversation.contact_id === contact.id,
  file.filename,
  file.file_size,
  message.attachments[0]!.message_id === message.id,
];

const contactUpdate = { ...at(contact.id), body: { display_name: "B" } };
const conversationUpdate = { ...at(conversation.id), body: { is_muted: true, pinned_message_id: message.id } };
const messageUpdate = { ...at(message.id), body: { reactions: [{ joy: ["Buzz"] }] } };
report.updated = [
  (await resultOf(api.PUT("/contacts/{id}", contactUpdate))).display_name,
  (await resultOf(api.PUT("/groups/{id}", { ...at(group.id), body: { description: "Up" } })))
    .description,
  (await resultOf(api.PUT("/conversations/{id}", conversationUpdate))).is_muted,
  (await resultOf(api.PUT("/messages/{id}", messageUpdate))).reactions,
  (await resultOf(api.PUT("/attachments/{id}", { ...at(file.id), body: { filename: "b.txt" } })))
    .filename,
];
report.retrieved = [
  (await resultOf(api.GET("/contacts/{id}", at(contact.id)))).display_name,
  (await resultOf(api.GET("/groups/{id}", at(group.id)))).description,
  (await resultOf(api.GET("/conversations/{id}", at(conversation.id)))).pinned_message_id === message.id,
  (await resultOf(api.GET("/messages/{id}", at(message.id)))).message,
  (await resultOf(api.GET("/attachments/{id}", at(file.id)))).file_type,
];
await api.DELETE("/attachments/{id}", at(file.id));
await api.DELETE("/messages/{id}", at(message.id));
await api.DELETE("/conversations/{id}", at(conversation.id));
await api.DELETE("/groups/{id}", at(group.id));
await api.DELETE("/contacts/{id}", at(contact.id));
report.deleted = await errorOf(api.GET("/contacts/{id}", at(contact.id)));

const unknownCursor = { params: { query: { starting_after: UNKNOWN_ID } } };
const errors = [
  await errorOf(api.GET("/contacts", unknownCursor)),
  await errorOf(client("revoked_1").GET("/contacts")),
  await errorOf(api.GET("/contacts/{id}", at(UNKNOWN_ID))),
  await errorOf(api.DELETE("/contacts/{id}", at(USER))),
];
for (;;) {
  const error = await errorOf(api.PUT("/groups/{id}", { ...at(GROUP), body: { description: "Up" } }));
  if (!error.length) break;
  errors.push(error);
}
report.refused = errors;
console.log(JSON.stringify(report));
