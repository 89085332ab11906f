/** A sandbox: its address and credentials, and a group of methods for each of its parts. */

/** The requests to a sandbox are not those that `journal.verify` or `journal.wait` expects. */
export class VerificationError extends Error {
  name = "VerificationError";
}

export class Sandbox {
  #control;

  constructor(control, name, apiToken) {
    this.#control = control;
    this.name = name;
    this.token = apiToken ?? (name === "default" ? name : `sandbox_${name}`);
    this.headers = { Authorization: `Bearer ${this.token}` };
    this.url = apiToken === undefined ? control.url : `${control.url}/s/${name}`;
    this.baseUrl = `${control.url}/s/${name}/v1`;

    const get = (path, query) => this.control("GET", path, { query });
    const post = (path, body = {}) => this.control("POST", path, { body });
    const put = (path, body = {}) => this.control("PUT", path, { body });
    const remove = (path) => this.control("DELETE", path);
    const list = async (path, query) => (await get(path, query)).data;
    const id = encodeURIComponent;
    /** Return the entries of a log after the entry `since`: `limit` of them, or all. */
    const entries = async (path, { since, ...filters } = {}) => {
      const found = [];
      for (;;) {
        const page = await get(path, { limit: 1000, ...filters, since });
        found.push(...page.data);
        if (!page.has_more || filters.limit) return found;
        since = found.at(-1).id;
      }
    };

    this.clock = {
      get: () => get("/clock"),
      set: (values) => put("/clock", values),
      advance: (seconds) => post("/clock/advance", { seconds }),
    };
    this.snapshots = {
      list: () => list("/snapshots"),
      take: (snapshot) => put(`/snapshots/${id(snapshot)}`),
      restore: (snapshot) => post(`/snapshots/${id(snapshot)}/restore`),
      delete: (snapshot) => remove(`/snapshots/${id(snapshot)}`),
    };
    this.state = {
      export: () => get("/state"),
      load: (document) => put("/state", document),
    };
    this.journal = {
      list: (filters) => entries("/requests", filters),
      har: (filters) => get("/requests", { format: "har", limit: 1000, ...filters }),
      get: (request) => get(`/requests/${id(request)}`),
      clear: () => remove("/requests"),
      verify: (match, numbers) => this.#verify("verify", { match, ...numbers }),
      wait: (match, options) => this.#verify("wait", { match, ...options }),
      changes: (since) => get("/changes", { since }),
      strays: () => get("/strays"),
    };
    this.faults = {
      list: () => list("/faults"),
      add: (fault, match, options) => post("/faults", { fault, match, ...options }),
      delete: (rule) => remove(`/faults/${id(rule)}`),
      clear: () => remove("/faults"),
    };
    this.rateLimit = {
      get: () => get("/rate-limit"),
      set: (values) => put("/rate-limit", values),
      clear: () => remove("/rate-limit"),
    };
    this.webhooks = {
      list: () => list("/webhooks"),
      create: (url, options) => post("/webhooks", { url, ...options }),
      update: (webhook, values) => put(`/webhooks/${id(webhook)}`, values),
      delete: (webhook) => remove(`/webhooks/${id(webhook)}`),
      trigger: (type, override) => post("/webhooks/trigger", { type, override }),
      setDeliveryRules: (rules) => put("/webhooks/rules", { data: rules }),
      clearDeliveryRules: () => remove("/webhooks/rules"),
    };
    this.deliveries = {
      list: (filters) => entries("/deliveries", filters),
      get: (delivery) => get(`/deliveries/${id(delivery)}`),
      wait: (options) => post("/webhooks/wait", options),
      redeliver: (delivery) => post(`/deliveries/${id(delivery)}/redeliver`),
      release: (count = 1) => post("/deliveries/release", { count }),
    };
    this.events = {
      list: (filters) => entries("/events", filters),
    };
    this.inboxes = {
      list: () => list("/inbox"),
      get: (inbox, filters) => get(`/inbox/${id(inbox)}`, filters),
      url: (inbox) => `${control.url}/_sandbox/inbox/${id(inbox)}?sandbox=${name}`,
      configure: (inbox, values) => put(`/inbox/${id(inbox)}`, values),
      wait: (inbox, options) => post(`/inbox/${id(inbox)}/wait`, options),
      delete: (inbox) => remove(`/inbox/${id(inbox)}`),
    };
    this.bots = {
      start: (script, seed) => put("/bots", { script, seed }),
      get: () => get("/bots"),
      stop: () => remove("/bots"),
    };
  }

  async call(method, path, { json, headers } = {}) {
    const sent = new Headers({ ...this.headers, ...headers });
    if (json !== undefined && !sent.has("Content-Type"))
      sent.set("Content-Type", "application/json");
    const body = json === undefined ? undefined : JSON.stringify(json);
    const response = await fetch(this.url + path, { method, headers: sent, body });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const value = isJson && text ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, json: value };
  }

  async simulate(action, values) {
    return await this.control("POST", `/simulate/${encodeURIComponent(action)}`, { body: values });
  }

  async reset(only) {
    return await this.control("POST", "/reset", { body: { only } });
  }

  async delete() {
    return await this.#control.request("DELETE", `/sandboxes/${this.name}`);
  }

  /** Send a request to the control API for this sandbox. */
  async control(method, path, { query, body } = {}) {
    return await this.#control.request(method, path, {
      query: { ...query, sandbox: this.name },
      body,
    });
  }

  async [Symbol.asyncDispose]() {
    await this.delete();
  }

  async #verify(action, expected) {
    const result = await this.control("POST", `/requests/${action}`, { body: expected });
    if (result.verified) return result;
    throw new VerificationError(
      [
        `the requests to sandbox '${this.name}' are not as expected`,
        `expected: ${JSON.stringify(expected)}`,
        `found: ${result.count} (${result.requests.slice(0, 20).join(", ") || "none"})`,
        ...(result.reason ? [result.reason] : []),
        ...result.strays,
        ...result.nearest.flatMap(({ request, differences }) => [
          `near miss: ${request.id} ${request.method} ${request.path} ${request.status}`,
          ...differences.map((difference) => `  ${difference}`),
        ]),
      ].join("\n  "),
    );
  }
}
