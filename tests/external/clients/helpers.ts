// What the scripts in TypeScript share: walks and refusals, whichever client they are of.
export const USER = "inEIRvzjC6YLMX3o";
export const GROUP = "l7cGNIBKZiNJ6wqF";
export const NOBODY = "0000000000000000";

export interface Query {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
}

interface Page {
  has_more: boolean;
  data: { id: string }[];
}

/** What both clients answer; exactly one of `data` and `error` is there. */
interface Answer<T> {
  data?: T;
  error?: { type: string; message: string; documentation_url: string };
  response?: Response;
}

export async function good<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error } = await asked;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** The status of a refusal, the type of its error, and the attributes of that. */
export async function refused(asked: Promise<Answer<unknown>>): Promise<unknown[]> {
  const { error, response } = await asked;
  if (error === undefined) return [];
  const known = ["documentation_url", "message", "type"] as const;
  return [response?.status, error.type, known.filter((name) => error[name] !== undefined)];
}

/** How many objects a list has, walked to its end in both directions, and how many are the same. */
export async function walked(list: (query: Query) => Promise<Answer<Page>>): Promise<number[]> {
  let page = await good(list({ limit: 7 }));
  const found = page.data.map((each) => each.id);
  while (page.has_more) {
    page = await good(list({ limit: 7, starting_after: found.at(-1)! }));
    found.push(...page.data.map((each) => each.id));
  }
  page = await good(list({ limit: 7, ending_before: found.at(-1)! }));
  let again = page.data.map((each) => each.id);
  while (page.has_more) {
    page = await good(list({ limit: 7, ending_before: again[0]! }));
    again = [...page.data.map((each) => each.id), ...again];
  }
  return [found.length, again.length, again.filter((id, place) => found[place] === id).length];
}
