// Upload files, send a JSON part, read a range and use Basic credentials with npm's axios.
const axios = require("axios");
const { url, token, username, filenames, reactions, message } = JSON.parse(
  require("fs").readFileSync(0, "utf8"),
);
const headers = { Authorization: `Bearer ${token}` };
const api = axios.create({ baseURL: url, headers, validateStatus: () => true, proxy: false });

async function main() {
  const uploads = [];
  for (const name of filenames) {
    const form = new FormData();
    form.append("file", new File(["0123456789"], name, { type: "text/plain" }));
    uploads.push((await api.post("/v1/attachments", form)).data);
  }
  const form = new FormData();
  form.append("reactions", new Blob([JSON.stringify(reactions)], { type: "application/json" }));
  const reacted = await api.put(`/v1/messages/${message}`, form);
  const part = await axios.get(uploads[0].file_url, {
    headers: { Range: "bytes=2-5" },
    proxy: false,
  });
  const basic = await axios.get(`${url}/v1/contacts`, {
    auth: { username, password: "pässword" },
    validateStatus: () => true,
    proxy: false,
  });
  const result = {
    filenames: uploads.map((upload) => upload.filename),
    reactions: reacted.data.reactions,
    range: [part.status, part.headers["content-range"], String(part.data)],
    basic: basic.status,
  };
  console.log(JSON.stringify(result));
}

main();
