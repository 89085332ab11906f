// Helpers that the TypeScript scripts share; they work with the results of both clients.
export const USER = "inEIRvzjC6YLMX3o";
export const GROUP = "l7cGNIBKZiNJ6wqF";
export const UNKNOWN_ID = "0000000000000000";

export interface Query {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
}

interface Page {
  has_more: boolean;
  data: { id: string }[];
}

/** The result of both clients; it has exactly one of `data` and `error`. */
interface Result<T> {
  data?: T;
  error?: { type: string; message: string; documentation_url: string };
  response?: Response;
}

export async function resultOf<T>(call: Promise<Result<T>>): Promise<T> {
  const { data, error } = await call;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** Return the status of an error, its type and its attributes; nothing on success. */
export async function errorOf(call: Promise<Result<unknown>>): Promise<unknown[]> {
  const { error, response } = await call;
  if (error === undefined) return [];
  const known = ["documentation_url", "message", "type"] as const;
  return [response?.status, error.type, known.filter((name) => error[name] !== undefined)];
}

/**
 * Walk a list in both directions.
 *
 * Returns the number of objects each way, and how many are at the same position in both.
 */
export async function walk(list: (query: Query) => Promise<Result<Page>>): Promise<number[]> {
  let page = await resultOf(list({ limit: 7 }));
  const forward = page.data.map((item) => item.id);
  while (page.has_more) {
    page = await resultOf(list({ limit: 7, starting_after: forward.at(-1)! }));
    forward.push(...page.data.map((item) => item.id));
  }
  page = await resultOf(list({ limit: 7, ending_before: forward.at(-1)! }));
  let backward = page.data.map((item) => item.id);
  while (page.has_more) {
    page = await resultOf(list({ limit: 7, ending_before: backward[0]! }));
    backward = [...page.data.map((item) => item.id), ...backward];
  }
  const same = backward.filter((id, index) => forward[index] === id);
  return [forward.length, backward.length, same.length];
}
