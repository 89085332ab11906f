// What a client by @hey-api/openapi-ts does with the API, told as JSON.
import { createClient, createConfig, formDataBodySerializer } from "./client/client/index.ts";
import * as sdk from "./client/sdk.gen.ts";
import { GROUP, NOBODY, USER, good, refused, walked } from "./twin.ts";

const baseUrl = process.env.PROTOCOL_API_BASE_URL!;
// It asks for each scheme of the document in turn.
const client = (token: string) =>
  createClient(
    createConfig({ baseUrl, auth: ({ scheme }) => (scheme === "bearer" ? token : undefined) }),
  );
const api = { client: client(process.env.MOCKSERVER_TOKEN!) };
const at = (id: string) => ({ ...api, path: { id } });

const told: Record<string, unknown> = {
  walked: {
    contacts: await walked((query) => sdk.contactsList({ ...api, query })),
    conversations: await walked((query) => sdk.conversationsList({ ...api, query })),
    groups: await walked((query) => sdk.groupsList({ ...api, query })),
    messages: await walked((query) => sdk.messagesList({ ...api, query })),
    attachments: await walked((query) => sdk.attachmentsList({ ...api, query })),
  },
};

const contact = await good(
  sdk.contactsCreate({ ...api, body: { username: "Buzz", phone_number: "1" } }),
);
const group = await good(
  sdk.groupsCreate({ ...api, body: { name: "Tree house", contacts: [contact.id] } }),
);
const talk = await good(sdk.conversationsCreate({ ...api, body: { contact_id: contact.id } }));
const plan = new File(["Grüße"], "plan.txt", { type: "text/plain" });
// Of an operation's types it takes JSON, whatever their order, so the upload says that it is none.
const upload = { ...formDataBodySerializer, headers: { "Content-Type": null } };
const body = { file: plan as unknown as string };
const file = await good(sdk.attachmentsCreate({ ...api, ...upload, body }));
const message = await good(
  sdk.messagesCreate({
    ...api,
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

const muted = { is_muted: true, pinned_message_id: message.id };
const liked = { reactions: { joy: ["Buzz"] } };
told.updated = [
  (await good(sdk.contactsUpdate({ ...at(contact.id), body: { display_name: "B" } }))).display_name,
  (await good(sdk.groupsUpdate({ ...at(group.id), body: { description: "Up" } }))).description,
  (await good(sdk.conversationsUpdate({ ...at(talk.id), body: muted }))).is_muted,
  (await good(sdk.messagesUpdate({ ...at(message.id), body: liked }))).reactions,
  (await good(sdk.attachmentsUpdate({ ...at(file.id), body: { filename: "b.txt" } }))).filename,
];
told.retrieved = [
  (await good(sdk.contactsRetrieve(at(contact.id)))).display_name,
  (await good(sdk.groupsRetrieve(at(group.id)))).description,
  (await good(sdk.conversationsRetrieve(at(talk.id)))).pinned_message_id === message.id,
  (await good(sdk.messagesRetrieve(at(message.id)))).message,
  (await good(sdk.attachmentsRetrieve(at(file.id)))).file_type,
];
await sdk.attachmentsDelete(at(file.id));
await sdk.messagesDelete(at(message.id));
await sdk.conversationsDelete(at(talk.id));
await sdk.groupsDelete(at(group.id));
await sdk.contactsDelete(at(contact.id));
told.deleted = await refused(sdk.contactsRetrieve(at(contact.id)));

const refusals = [
  await refused(sdk.contactsList({ ...api, query: { starting_after: NOBODY } })),
  await refused(sdk.contactsList({ client: client("revoked_1") })),
  await refused(sdk.contactsRetrieve(at(NOBODY))),
  await refused(sdk.contactsDelete(at(USER))),
];
for (;;) {
  const answer = await refused(sdk.groupsUpdate({ ...at(GROUP), body: { description: "Up" } }));
  if (!answer.length) break;
  refusals.push(answer);
}
told.refused = refusals;
console.log(JSON.stringify(told));
