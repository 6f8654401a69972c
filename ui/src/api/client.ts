import createClient from 'openapi-fetch';
import { reportLost } from './connection';
import { problemFrom, UnreachableError } from './problem';
import type { components, paths } from './schema';
import { workspace } from './workspace';

/** The hub's shapes by their names: `Shape<'Execution'>`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name];

/** What every request has to say besides what it is about. */
function commonHeaders(): Record<string, string> {
  const id = workspace();
  return id === null ? { 'Gantry-Csrf': '1' } : { 'Gantry-Csrf': '1', 'Gantry-Workspace': id };
}

/** fetch, with what the hub needs to know; a hub that does not answer is an error of its own, and on record. */
export async function ask(input: Request): Promise<Response> {
  const request = new Request(input);
  for (const [name, value] of Object.entries(commonHeaders())) request.headers.set(name, value);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    reportLost();
    throw new UnreachableError(isChange(request));
  }
}

const isChange = (request: Request): boolean => request.method !== 'GET' && request.method !== 'HEAD';

/** The same with the whole answer: one that is cut off in the middle is none. */
export async function askWhole(input: Request): Promise<Response> {
  const response = await ask(input);
  let body: string;
  try {
    body = await response.text();
    if (isJson(response) && body !== '') JSON.parse(body);
  } catch (error) {
    if (input.signal.aborted) throw error;
    reportLost();
    throw new UnreachableError(isChange(input));
  }
  // Of some statuses an answer may have no body, not even an empty one.
  return new Response(body === '' ? null : body, { status: response.status, statusText: response.statusText, headers: response.headers });
}

const isJson = (response: Response): boolean => /[/+]json\b/.test(response.headers.get('content-type') ?? '');

/** The documented API, typed. Requests live in the features: one request, one file. */
export const hub = createClient<paths>({ fetch: askWhole });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of what was answered; throws a ProblemError when it is a refusal. */
export async function answerOf<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as NonNullable<Data>;
}
