import { plural } from '@/components/time/words';
import { renameFile } from '../api/change-files';
import type { FileEntry } from './listing';
import { join, textOfPlace, type Place } from './paths';
import { beginMove, refreshFolder } from './work';

export type Mode = 'copy' | 'move';

export interface Began {
  message: string;
  /** Null when it is done already: within one endpoint a move is a rename. */
  transfer: string | null;
}

/** Why nothing can be brought there; undefined when it can. */
export function moveProblem(from: Place, names: readonly string[], to: Place): string | undefined {
  if (from.endpoint !== to.endpoint) return undefined;
  if (from.path === to.path) return 'Both panes show the same folder. Open another one in one of them.';
  const inside = names.find(name => `${to.path}/`.startsWith(`${join(from.path, name)}/`));
  return inside === undefined ? undefined : `'${inside}' cannot be brought into itself.`;
}

/** Brings files and folders to another place: by a transfer, or by renaming where that is enough. */
export async function bring(mode: Mode, from: Place, names: string[], to: Place): Promise<Began> {
  const what = names.length === 1 ? `'${names[0]}'` : plural(names.length, 'entry', 'entries');
  if (mode === 'move' && from.endpoint === to.endpoint) {
    try {
      for (const name of names) await renameFile(from.endpoint, join(from.path, name), join(to.path, name));
    } finally {
      await Promise.all([refreshFolder(from), refreshFolder(to)]);
    }
    return { message: `${what} moved to ${textOfPlace(to)}`, transfer: null };
  }
  const title = `${mode === 'copy' ? 'Copy' : 'Move'} ${what} to ${textOfPlace(to)}`;
  return { message: title, transfer: await beginMove({ mode, from, to, names }, title) };
}

/** Those of the files that would be replaced there. */
export function clashesOf(paths: readonly string[], there: readonly FileEntry[]): string[] {
  const names = new Set(there.map(entry => entry.name));
  return [...new Set(paths.map(path => path.split('/')[0]!))].filter(name => names.has(name));
}
