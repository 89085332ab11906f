// The good client in JavaScript, with only Node's fetch.
const base = process.env.PROTOCOL_API_BASE_URL;
const headers = { Authorization: `Bearer ${process.env.MOCKSERVER_TOKEN}` };
const conversation = "xgQQXg3hrtjh7AvZ";
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function ask(path, options = {}) {
  for (let wait = 0.2; ; wait *= 2) {
    const response = await fetch(base + path, { ...options, headers: { ...headers, ...options.headers } });
    if (response.ok) return response.json();
    if (response.status === 429) await pause(Number(response.headers.get("Retry-After")));
    else if (response.status === 503 && wait < 5) await pause(wait);
    else throw new Error(`${path}: ${response.status} ${await response.text()}`);
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
      if (page.data.some((item) => item.message === message)) return;
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
