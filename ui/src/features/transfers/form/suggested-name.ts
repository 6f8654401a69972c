import type { Draft } from './draft';

const pathsMax = 1;

/** "staging out to web www": its first source and its last target, told apart from the names that are taken; "" while a place is missing. */
export function suggestedName({ from, to }: Pick<Draft, 'from' | 'to'>, taken: readonly string[]): string {
  const [source, target] = [placeName(from[0] ?? ''), placeName(to.at(-1) ?? '')];
  return source === '' || target === '' ? '' : freeName(`${source} to ${target}`, taken);
}

/** The name itself, or with the least number behind it that makes it a new one. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) if (!taken.includes(`${name} ${number}`)) return `${name} ${number}`;
}

/** A saved endpoint or a host, and the last folder below it: "web www" of "web:sites/www". What changes with time, such as {year}, names nothing. */
function placeName(address: string): string {
  const [, scheme, host, rest] = /^(?:([a-z0-9+]+):\/\/)(?:[^@/]*@)?([^/:]*)(?::\d+)?(.*)$/i.exec(address.trim()) ?? [];
  const colon = address.indexOf(':');
  const place = scheme === undefined ? colon < 0 ? '' : address.slice(0, colon).trim() : host!;
  const path = scheme === undefined ? address.slice(colon + 1) : rest!;
  const folders = path.split('/').map(folder => folder.replace(/\{[^}]*\}/g, '').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')).filter(folder => folder !== '');
  return [place, ...folders.slice(-pathsMax)].filter(part => part !== '').join(' ');
}
