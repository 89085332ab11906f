// Use a client by openapi-generator (typescript-axios), and print a report as JSON.
import { isAxiosError } from "axios";
import {
  AttachmentsApi,
  Configuration,
  ContactsApi,
  type ErrorObject,
  GroupsApi,
  MessagesApi,
} from "./client/index.ts";

const configuration = new Configuration({ accessToken: process.env.MOCKSERVER_TOKEN! });
const contacts = new ContactsApi(configuration);
const groups = new GroupsApi(configuration);
const messages = new MessagesApi(configuration);
const attachments = new AttachmentsApi(configuration);

let { data: page } = await contacts.contactsList(7);
let walked = page.data.length;
while (page.has_more) {
  ({ data: page } = await contacts.contactsList(7, page.data.at(-1)!.id));
  walked += page.data.length;
}

const { data: contact } = await contacts.contactsCreate({ username: "Buzz", phone_number: "1" });
const { data: group } = await groups.groupsCreate({ name: "Tree house", contacts: [contact.id] });
const { data: file } = await attachments.attachmentsCreate(new File(["Grüße"], "plan.txt"));
const { data: message } = await messages.messagesCreate({
  conversation_id: group.conversation_id!,
  message: "Well?",
  attachments: [file.id],
});
await messages.messagesUpdate(message.id, { reactions: [{ joy: ["Buzz"] }] });
const { data: updated } = await messages.messagesUpdate(message.id, { message: "Well!" });

await attachments.attachmentsDelete(file.id);
await messages.messagesDelete(message.id);
let error: unknown[] = [];
try {
  await messages.messagesRetrieve(message.id);
} catch (raised) {
  if (!isAxiosError<ErrorObject>(raised)) throw raised;
  error = [raised.response?.status, raised.response?.data.type];
}
console.log(
  JSON.stringify({
    walked,
    created: [group.contacts[0]!.username, file.filename, file.file_size],
    updated: [message.attachments[0]!.id === file.id, updated.reactions],
    error,
  }),
);
