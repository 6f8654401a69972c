/** One thing in a folder. */
export interface FileEntry {
  name: string;
  kind: 'file' | 'folder' | 'symbolic_link' | 'other';
  size: number | null;
  modified_at: string | null;
  mode: number | null;
  link_target: string | null;
  is_text: boolean;
}

export interface Listing {
  entries: readonly FileEntry[];
  /** All of it is here. */
  isWhole: boolean;
  /** The folder has more than the hub tells at once. */
  hasMore: boolean;
}

export const orders = ['name', '-name', 'size', '-size', 'modified', '-modified'] as const;
export type Order = (typeof orders)[number];

/** Puts lines of JSON together out of texts that were cut anywhere. */
export class LineReader {
  private rest = '';

  /** The entries of the lines that are whole now, and whether it was said that there is more. */
  push(text: string): { entries: FileEntry[]; hasMore: boolean } {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    const entries: FileEntry[] = [];
    let hasMore = false;
    for (const line of lines) {
      if (line === '') continue;
      const told = JSON.parse(line) as FileEntry | { more: true };
      if ('more' in told) hasMore = true;
      else entries.push(told);
    }
    return { entries, hasMore };
  }
}

// Comparing by a language's rules is slow: from here on names are compared by their letters only.
const languageMax = 20_000;

/** Folders first, then by the order. Names that differ in nothing else go by their letters. */
export function sorted(entries: readonly FileEntry[], order: Order): FileEntry[] {
  const isDown = order.startsWith('-');
  const by = isDown ? order.slice(1) : order;
  const sign = isDown ? -1 : 1;
  const names = entries.length <= languageMax ? new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' }).compare : (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const rows = entries.map(entry => ({
    entry,
    rank: entry.kind === 'folder' ? 0 : 1,
    name: entries.length <= languageMax ? entry.name : entry.name.toLowerCase(),
    key: by === 'size' ? entry.size ?? -1 : by === 'modified' ? (entry.modified_at === null ? 0 : Date.parse(entry.modified_at)) : 0,
  }));
  rows.sort((a, b) => a.rank - b.rank || (by === 'name' ? sign * names(a.name, b.name) : sign * (a.key - b.key) || names(a.name, b.name)));
  return rows.map(row => row.entry);
}

/** Those whose names hold the text, or fit it where it has a '*'. */
export function filtered(entries: readonly FileEntry[], text: string | undefined): readonly FileEntry[] {
  const wanted = text?.trim().toLowerCase() ?? '';
  if (wanted === '') return entries;
  if (!wanted.includes('*')) return entries.filter(entry => entry.name.toLowerCase().includes(wanted));
  const pattern = new RegExp(`^${wanted.split('*').map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
  return entries.filter(entry => pattern.test(entry.name.toLowerCase()));
}

export interface Sums {
  files: number;
  folders: number;
  bytes: number;
}

export function sumsOf(entries: Iterable<FileEntry>): Sums {
  const sums = { files: 0, folders: 0, bytes: 0 };
  for (const entry of entries) {
    if (entry.kind === 'folder') sums.folders++;
    else sums.files++;
    sums.bytes += entry.size ?? 0;
  }
  return sums;
}

/** "rwxr-xr-x" of the lower nine bits. */
export const modeText = (mode: number): string => Array.from({ length: 9 }, (_, bit) => ((mode >> (8 - bit)) & 1 ? 'rwx'[bit % 3] : '-')).join('');
