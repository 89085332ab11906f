/** Requests to the control API of a server. */

/** An error response of the control API. */
export class ApiError extends Error {
  name = "ApiError";

  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The control API of a server. `token` is sent with each request, unless it is undefined. */
export class ControlApi {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** Send a request; return the JSON or the text of its response, or throw an `ApiError`. */
  async request(method, path, { query = {}, body } = {}) {
    const url = new URL(`${this.url}/_sandbox${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers = {};
    if (this.token !== undefined) headers.Authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, messageOf(response, text));
    return response.headers.get("Content-Type")?.startsWith("text/plain") ? text : JSON.parse(text);
  }
}

function messageOf(response, text) {
  try {
    return JSON.parse(text).message;
  } catch {
    return `status ${response.status}, without a message`; // of a proxy, for example
  }
}
