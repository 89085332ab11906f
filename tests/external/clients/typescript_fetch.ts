// Use a client by openapi-generator (typescript-fetch), and print a report as JSON.
import {
  AttachmentsApi,
  Configuration,
  ContactsApi,
  ErrorObjectFromJSON,
  GroupsApi,
  MessagesApi,
  ResponseError,
} from "./client/index.ts";

const configuration = new Configuration({ accessToken: process.env.MOCKSERVER_TOKEN! });
const contacts = new ContactsApi(configuration);
const groups = new GroupsApi(configuration);
const messages = new MessagesApi(configuration);
const attachments = new AttachmentsApi(configuration);

let page = await contacts.contactsList({ limit: 7 });
let walked = page.data.length;
while (page.hasMore) {
  page = await contacts.contactsList({ limit: 7, startingAfter: page.data.at(-1)!.id });
  walked += page.data.length;
}

const contact = await contacts.contactsCreate({
  contactCreate: { username: "Buzz", phoneNumber: "1" },
});
const group = await groups.groupsCreate({
  groupCreate: { name: "Tree house", contacts: [contact.id] },
});
const file = await attachments.attachmentsCreate({ file: new File(["Grüße"], "plan.txt") });
const message = await messages.messagesCreate({
  messageCreate: {
    conversationId: group.conversationId!,
    message: "Well?",
    attachments: [file.id],
  },
});
await messages.messagesUpdate({
  id: message.id,
  messageUpdate: { reactions: [{ joy: ["Buzz"] }] },
});
const updated = await messages.messagesUpdate({
  id: message.id,
  messageUpdate: { message: "Well!" },
});

await attachments.attachmentsDelete({ id: file.id });
await messages.messagesDelete({ id: message.id });
let error: unknown[] = [];
try {
  await messages.messagesRetrieve({ id: message.id });
} catch (raised) {
  if (!(raised instanceof ResponseError)) throw raised;
  const { response } = raised;
  error = [response.status, ErrorObjectFromJSON(await response.json()).type];
}
console.log(
  JSON.stringify({
    walked,
    created: [group.contacts[0]!.username, file.filename, file.fileSize],
    updated: [message.attachments[0]!.id === file.id, updated.reactions],
    error,
  }),
);
