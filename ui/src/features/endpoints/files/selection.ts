/** What is marked in a list, and where the keyboard stands in it. Names, not places: a list that is sorted anew keeps what is marked. */
export interface Selection {
  names: ReadonlySet<string>;
  /** Where the keyboard stands; null before it was used. */
  cursor: string | null;
  /** Where a range begins. */
  anchor: string | null;
}

export const nothing: Selection = { names: new Set(), cursor: null, anchor: null };

export const only = (name: string): Selection => ({ names: new Set([name]), cursor: name, anchor: name });

export function toggled(selection: Selection, name: string): Selection {
  const names = new Set(selection.names);
  if (!names.delete(name)) names.add(name);
  return { names, cursor: name, anchor: name };
}

/** From the anchor to the name, in the order of the list. */
export function extended(selection: Selection, name: string, list: readonly { name: string }[]): Selection {
  const anchor = selection.anchor ?? selection.cursor ?? name;
  const [from, to] = [list.findIndex(entry => entry.name === anchor), list.findIndex(entry => entry.name === name)];
  if (from < 0 || to < 0) return only(name);
  const names = new Set(list.slice(Math.min(from, to), Math.max(from, to) + 1).map(entry => entry.name));
  return { names, cursor: name, anchor };
}

/** The place that a key leads to; null when it leads nowhere. */
export function steppedTo(key: string, index: number, count: number, pageLength: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  switch (key) {
    case 'ArrowDown': return Math.min(last, index + 1);
    case 'ArrowUp': return Math.max(0, index < 0 ? last : index - 1);
    case 'PageDown': return Math.min(last, Math.max(0, index) + pageLength);
    case 'PageUp': return Math.max(0, index - pageLength);
    case 'Home': return 0;
    case 'End': return last;
    default: return null;
  }
}

/** Only what is still there stays marked. */
export function kept(selection: Selection, there: { has: (name: string) => boolean }): Selection {
  const names = new Set([...selection.names].filter(name => there.has(name)));
  const cursor = selection.cursor !== null && there.has(selection.cursor) ? selection.cursor : null;
  return names.size === selection.names.size && cursor === selection.cursor ? selection : { names, cursor, anchor: cursor };
}
