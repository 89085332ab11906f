// Use a client by orval (its fetch client), and print a report as JSON.
import * as api from "./client.ts";

const options = { headers: { Authorization: `Bearer ${process.env.MOCKSERVER_TOKEN}` } };

/** Return the data of a response with one of the two statuses of success. */
function dataOf<R extends { status: number; data: unknown }>(
  response: R,
): Extract<R, { status: 200 | 201 }>["data"] {
  if (response.status >= 300) throw new Error(JSON.stringify(response.data));
  return response.data as Extract<R, { status: 200 | 201 }>["data"];
}

let page = dataOf(await api.contactsList({ limit: 7 }, options));
let walked = page.data.length;
while (page.has_more) {
  const starting_after = page.data.at(-1)!.id;
  page = dataOf(await api.contactsList({ limit: 7, starting_after }, options));
  walked += page.data.length;
}

const contact = dataOf(
  await api.contactsCreate({ username: "Buzz", phone_number: "1" }, options),
);
const group = dataOf(
  await api.groupsCreate({ name: "Tree house", contacts: [contact.id] }, options),
);
const upload = new File(["Grüße"], "plan.txt");
const file = dataOf(await api.attachmentsCreate({ file: upload }, options));
const message = dataOf(
  await api.messagesCreate(
    { conversation_id: group.conversation_id!, message: "Well?", attachments: [file.id] },
    options,
  ),
);
await api.messagesUpdate(message.id, { reactions: [{ joy: ["Buzz"] }] }, options);
const updated = dataOf(await api.messagesUpdate(message.id, { message: "Well!" }, options));

await api.attachmentsDelete(file.id, options);
await api.messagesDelete(message.id, options);
const missing = await api.messagesRetrieve(message.id, options);
console.log(
  JSON.stringify({
    walked,
    created: [group.contacts[0]!.username, file.filename, file.file_size],
    updated: [message.attachments[0]!.id === file.id, updated.reactions],
    error: [missing.status, missing.status === 404 && missing.data.type],
  }),
);
