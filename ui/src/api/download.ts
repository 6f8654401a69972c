import { workspace } from './workspace';

/** Where the browser itself saves something from, however long it is: with the session's cookie, and the workspace in the address, which a link cannot say otherwise. */
export function downloadLink(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries({ ...query, workspace: workspace() ?? undefined }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
