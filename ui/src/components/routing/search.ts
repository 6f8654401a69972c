// Filters live in the address. What somebody typed there by hand may be anything, so that it is read carefully.
export type SearchInput = Record<string, unknown>;

/** A text of the address; undefined when it is not there or empty. */
export function textOf(search: SearchInput, name: string): string | undefined {
  const value = search[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One of a few words; undefined for everything else. */
export function oneOf<Word extends string>(search: SearchInput, name: string, words: readonly Word[]): Word | undefined {
  const value = search[name];
  return words.find(word => word === value);
}

export const flagOf = (search: SearchInput, name: string): true | undefined => (search[name] === true || search[name] === 'true' || search[name] === 1 ? true : undefined);
