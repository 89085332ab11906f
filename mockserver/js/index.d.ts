/** A client of mockserver: start a server or connect to one, and control its sandboxes. */

/** A JSON object. Objects that go to or come from the control API have its names. */
// biome-ignore lint/suspicious/noExplicitAny: the guide's page "Control API" says what each has
export type Json = Record<string, any>;

export interface StartOptions {
  /** Root URL of a running server. Default: `MOCKSERVER_URL`; if unset, a server is started. */
  url?: string;
  /** The control token of the server. Default for a running server: `MOCKSERVER_TOKEN`. */
  token?: string;
  /** Settings of `mockserver serve` for a new server, such as `{ fixtures: "empty" }`. */
  settings?: Record<string, string | number | boolean | string[]>;
  /** The command that starts a server, and its first arguments. Default: `["mockserver"]`. */
  command?: string[];
}

/** Connect to a running server, or start one that ends with this process or by `stop()`. */
export function startServer(options?: StartOptions): Promise<Server>;

export interface SandboxOptions {
  /** `default`, `empty`, or the name of the server's own, which is the default. */
  fixtures?: string;
  seed?: string;
  clock?: "step" | "frozen" | "real";
}

export interface Server {
  /** The root URL, without `/v1`. */
  readonly url: string;
  /** Create a sandbox; without a name, it gets a unique one. */
  createSandbox(name?: string, options?: SandboxOptions): Promise<Sandbox>;
  /** Return a sandbox that exists, or that its first use creates. */
  sandbox(name: string): Sandbox;
  /** Send a request to the control API, such as `control("GET", "/sandboxes")`. */
  control(method: string, path: string, options?: ControlOptions): Promise<Json>;
  /** End a server that `startServer` started; others keep running. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ControlOptions {
  query?: Record<string, string | number | boolean | undefined>;
  body?: Json;
}

export interface ApiResponse {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, or undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  json: any;
}

/** Select requests; `path` and `operation` may contain `*`. */
export interface Match {
  method?: string;
  path?: string;
  resource?: string;
  operation?: string;
  status?: number;
  query?: Json;
  headers?: Json;
  body?: Json;
}

export interface Numbers {
  count?: number;
  at_least?: number;
  at_most?: number;
}

/** Seconds of real time; the default is 5. */
export interface Timeout {
  timeout?: number;
}

export interface Verification {
  verified: boolean;
  count: number;
  requests: string[];
}

export interface Clock {
  mode: "step" | "frozen" | "real";
  /** Unix time in seconds. */
  now: number;
}

export interface Webhook {
  id: string;
  url: string;
  events: string[];
  /** Complete in the response of `create`, else only its end. */
  secret: string;
  name: string | null;
  enabled: boolean;
}

export type Action =
  | "message"
  | "edit"
  | "delete"
  | "react"
  | "unreact"
  | "read"
  | "active"
  | "join"
  | "leave"
  | "open";

export type Part =
  | "data"
  | "clock"
  | "journal"
  | "snapshots"
  | "faults"
  | "rate_limit"
  | "webhooks"
  | "inbox"
  | "bots";

/** An isolated copy of the API: data, clock, journal, faults and webhooks. */
export class Sandbox {
  private constructor();
  readonly name: string;
  /** The token that selects this sandbox, or the one that the server requires. */
  readonly token: string;
  /** The header `Authorization` with the token. */
  readonly headers: { Authorization: string };
  /** The root URL, without `/v1`, for requests with `headers`. */
  readonly url: string;
  /** The URL with `/v1` that selects this sandbox, whatever the token of the client. */
  readonly baseUrl: string;

  readonly clock: {
    get(): Promise<Clock>;
    set(values: { mode?: Clock["mode"]; now?: number; speed?: number }): Promise<Clock>;
    /** Advance the clock, and run the work that falls due. */
    advance(seconds: number): Promise<Clock & { fired: Json[]; left: number }>;
  };
  readonly snapshots: {
    list(): Promise<Json[]>;
    take(name: string): Promise<Json>;
    restore(name: string): Promise<Json>;
    delete(name: string): Promise<Json>;
  };
  readonly state: {
    /** Return all data in the format of fixtures. */
    export(): Promise<Json>;
    load(document: Json): Promise<Json>;
  };
  readonly journal: {
    /** Return the requests that the journal keeps, oldest first. */
    list(filters?: Json): Promise<Json[]>;
    /** Return the requests as a HAR document, which MSW replays. */
    har(filters?: Json): Promise<Json>;
    get(id: string): Promise<Json>;
    clear(): Promise<Json>;
    /** Check how many requests match, by default at least one; else throw `VerificationError`. */
    verify(match?: Match, numbers?: Numbers): Promise<Verification>;
    /** Wait until `verify` would succeed. */
    wait(match?: Match, options?: Numbers & Timeout): Promise<Verification>;
    changes(since?: string): Promise<Json>;
    strays(): Promise<Json>;
  };
  readonly faults: {
    list(): Promise<Json[]>;
    /** Add a fault, such as `{ type: "error", status: 503 }`, for all requests or those of `match`. */
    add(
      fault: string | Json,
      match?: Match,
      options?: { after?: number; times?: number; probability?: number; id?: string },
    ): Promise<Json>;
    delete(id: string): Promise<Json>;
    clear(): Promise<Json>;
  };
  readonly rateLimit: {
    get(): Promise<Json>;
    set(values: {
      limit: number;
      window_seconds: number;
      clock?: "sandbox" | "real";
    }): Promise<Json>;
    clear(): Promise<Json>;
  };
  readonly webhooks: {
    list(): Promise<Webhook[]>;
    create(
      url: string,
      options?: { events?: string[]; secret?: string; name?: string; enabled?: boolean },
    ): Promise<Webhook>;
    update(id: string, values: Partial<Omit<Webhook, "id">>): Promise<Webhook>;
    delete(id: string): Promise<Json>;
    /** Send an event without a change of data. */
    trigger(type: string, override?: Json): Promise<Json>;
    setDeliveryRules(rules: Json[]): Promise<Json>;
    clearDeliveryRules(): Promise<Json>;
  };
  readonly deliveries: {
    list(filters?: Json): Promise<Json[]>;
    get(id: string): Promise<Json>;
    /** Wait until no delivery is in progress or due, or until `at_least` of them match. */
    wait(options?: { match?: Json; at_least?: number } & Timeout): Promise<Json>;
    redeliver(id: string): Promise<Json>;
    /** Release up to `count` held deliveries, oldest first. */
    release(count?: number): Promise<Json>;
  };
  readonly events: { list(filters?: { since?: string; type?: string }): Promise<Json[]> };
  /** Built-in receivers of webhooks. */
  readonly inboxes: {
    list(): Promise<Json[]>;
    get(name: string, filters?: { since?: number; type?: string }): Promise<Json>;
    /** The URL of an inbox, to register as a webhook. */
    url(name: string): string;
    configure(name: string, values: { secret?: string; answers?: unknown[] }): Promise<Json>;
    wait(
      name: string,
      options?: { since?: number; type?: string } & Numbers & Timeout,
    ): Promise<Json>;
    delete(name: string): Promise<Json>;
  };
  readonly bots: {
    start(script: string | Json, seed?: string): Promise<Json>;
    get(): Promise<Json>;
    stop(): Promise<Json>;
  };

  /** Send a request to the API, such as `call("GET", "/v1/contacts?limit=3")`, whatever its status. */
  call(
    method: string,
    path: string,
    options?: { json?: unknown; headers?: Record<string, string> },
  ): Promise<ApiResponse>;
  /** Act as another contact, such as `simulate("message", { from: "Kevin", message: "Hi" })`. */
  simulate(action: Action, values: Json): Promise<Json>;
  /** Return to the initial state, ids included, or reset only some parts. */
  reset(only?: Part[]): Promise<Json>;
  delete(): Promise<Json>;
  /** Send any other request to the control API for this sandbox. */
  control(method: string, path: string, options?: ControlOptions): Promise<Json>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An error response of the control API. */
export class ApiError extends Error {
  readonly status: number;
}

/** The requests to a sandbox are not those that were expected; the message has the near misses. */
export class VerificationError extends Error {}
