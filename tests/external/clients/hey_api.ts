// Call every operation with a client by @hey-api/openapi-ts, and print a report as JSON.
import { createClient, createConfig } from "./client/client/index.ts";
import * as sdk from "./client/sdk.gen.ts";
import { GROUP, UNKNOWN_ID, USER, errorOf, resultOf, walk } from "./helpers.ts";

const baseUrl = process.env.PROTOCOL_API_BASE_URL!;
const client = (token: string) => createClient(createConfig({ baseUrl, auth: token }));
const api = { client: client(process.env.MOCKSERVER_TOKEN!) };
const at = (id: string) => ({ ...api, path: { id } });

const report: Record<string, unknown> = {
  walked: {
    contacts: await walk((query) => sdk.contactsList({ ...api, query })),
    conversations: await walk((query) => sdk.conversationsList({ ...api, query })),
    groups: await walk((query) => sdk.groupsList({ ...api, query })),
    messages: await walk((query) => sdk.messagesList({ ...api, query })),
    attachments: await walk((query) => sdk.attachmentsList({ ...api, query })),
  },
};

const contact = await resultOf(
  sdk.contactsCreate({ ...api, body: { username: "Buzz", phone_number: "1" } }),
);
const group = await resultOf(
  sdk.groupsCreate({ ...api, body: { name: "Tree house", contacts: [contact.id] } }),
);
const conversation = await resultOf(sdk.conversationsCreate({ ...api, body: { contact_id: contact.id } }));
const plan = new File(["Grüße"], "plan.txt", { type: "text/plain" });
const file = await resultOf(sdk.attachmentsCreate({ ...api, body: { file: plan } }));
const message = await resultOf(
  sdk.messagesCreate({
    ...api,
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

const conversationUpdate = { is_muted: true, pinned_message_id: message.id };
const messageUpdate = { reactions: [{ joy: ["Buzz"] }] };
report.updated = [
  (await resultOf(sdk.contactsUpdate({ ...at(contact.id), body: { display_name: "B" } }))).display_name,
  (await resultOf(sdk.groupsUpdate({ ...at(group.id), body: { description: "Up" } }))).description,
  (await resultOf(sdk.conversationsUpdate({ ...at(conversation.id), body: conversationUpdate }))).is_muted,
  (await resultOf(sdk.messagesUpdate({ ...at(message.id), body: messageUpdate }))).reactions,
  (await resultOf(sdk.attachmentsUpdate({ ...at(file.id), body: { filename: "b.txt" } }))).filename,
];
report.retrieved = [
  (await resultOf(sdk.contactsRetrieve(at(contact.id)))).display_name,
  (await resultOf(sdk.groupsRetrieve(at(group.id)))).description,
  (await resultOf(sdk.conversationsRetrieve(at(conversation.id)))).pinned_message_id === message.id,
  (await resultOf(sdk.messagesRetrieve(at(message.id)))).message,
  (await resultOf(sdk.attachmentsRetrieve(at(file.id)))).file_type,
];
await sdk.attachmentsDelete(at(file.id));
await sdk.messagesDelete(at(message.id));
await sdk.conversationsDelete(at(conversation.id));
await sdk.groupsDelete(at(group.id));
await sdk.contactsDelete(at(contact.id));
report.deleted = await errorOf(sdk.contactsRetrieve(at(contact.id)));

const errors = [
  await errorOf(sdk.contactsList({ ...api, query: { starting_after: UNKNOWN_ID } })),
  await errorOf(sdk.contactsList({ client: client("revoked_1") })),
  await errorOf(sdk.contactsRetrieve(at(UNKNOWN_ID))),
  await errorOf(sdk.contactsDelete(at(USER))),
];
for (;;) {
  const error = await errorOf(sdk.groupsUpdate({ ...at(GROUP), body: { description: "Up" } }));
  if (!error.length) break;
  errors.push(error);
}
report.refused = errors;
console.log(JSON.stringify(report));
