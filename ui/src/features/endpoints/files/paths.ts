/** A folder of a saved endpoint, as it stands in the address of the page: "web:www/images". */
export interface Place {
  endpoint: string;
  path: string;
}

export function placeOf(text: string | undefined): Place | null {
  if (text === undefined) return null;
  const colon = text.indexOf(':');
  const [endpoint, path] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return endpoint === '' ? null : { endpoint, path: path.split('/').filter(part => part !== '' && part !== '.' && part !== '..').join('/') };
}

export const textOfPlace = ({ endpoint, path }: Place): string => `${endpoint}:${path}`;

export const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of this place that one was in before, however deep; null when one was elsewhere. */
export function cameFrom(before: Place | null, now: Place | null): string | null {
  if (now === null || before?.endpoint !== now.endpoint) return null;
  const above = now.path === '' ? '' : `${now.path}/`;
  return before.path !== now.path && before.path.startsWith(above) ? before.path.slice(above.length).split('/')[0]! : null;
}

export interface Crumb {
  name: string;
  path: string;
}

/** The folders above and the folder itself; the endpoint is the first. */
export function crumbsOf({ endpoint, path }: Place): Crumb[] {
  const parts = path === '' ? [] : path.split('/');
  return [{ name: endpoint, path: '' }, ...parts.map((name, index) => ({ name, path: parts.slice(0, index + 1).join('/') }))];
}

/** Why this cannot be the name of a file or folder; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'It needs a name.';
  if (name === '.' || name === '..') return `'${name}' stands for a folder.`;
  if (/[/\0]/.test(name)) return "A name holds no '/'.";
  return undefined;
}
