// The same good client in JavaScript: Node's fetch, and nothing else.
const base = process.env.PROTOCOL_API_BASE_URL;
const headers = { Authorization: `Bearer ${process.env.MOCKSERVER_TOKEN}` };
const conversation = "xgQQXg3hrtjh7AvZ";
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function ask(path, options = {}) {
  for (let wait = 0.2; ; wait *= 2) {
    const answer = await fetch(base + path, { ...options, headers: { ...headers, ...options.headers } });
    if (answer.ok) return answer.json();
    if (answer.status === 429) await pause(Number(answer.headers.get("Retry-After")));
    else if (answer.status === 503 && wait < 5) await pause(wait);
    else throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}

const json = (body) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json" },
});

async function send(message) {
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      return await ask("/messages", json({ conversation_id: conversation, message }));
    } catch (error) {
      const page = await ask(`/messages?conversation_id=${conversation}`);
      if (page.data.some((each) => each.message === message)) return;
    }
  }
}

for (let after = ""; ; ) {
  const page = await ask(`/contacts?limit=10${after}`);
  if (!page.has_more) break;
  after = `&starting_after=${page.data.at(-1).id}`;
}
await ask("/groups");
await ask("/conversations");
await ask("/contacts", json({ username: "client-check", phone_number: "1-800-237-8439" }));
const form = new FormData();
form.append("file", new Blob(["client check"], { type: "text/plain" }), "client-check.txt");
await ask("/attachments", { method: "POST", body: form });
await send("client check one");
await send("client check two");
const [first] = (await ask("/attachments")).data;
await ask(`/attachments/${first.id}`);
