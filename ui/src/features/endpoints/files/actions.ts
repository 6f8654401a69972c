import { UnreachableError } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { messageOf } from '@/components/feedback/ProblemAlert';
import { plural } from '@/components/time/words';
import { renameFile } from '../api/change-files';
import { folderQuery } from '../api/folder-query';
import type { Move } from '../api/start-transfer';
import type { FileEntry } from './listing';
import { join, textOfPlace, type Place } from './paths';
import { beginMove, refreshFolder } from './work';

export type Mode = Move['mode'];

/** What was renamed until one could not be is where it was wanted. */
export class PartlyMovedError extends Error {}

const isRename = ({ mode, from, to }: Pick<Move, 'mode' | 'from' | 'to'>): boolean => mode === 'move' && from.endpoint === to.endpoint;

// What was listed a moment ago is known.
const freshMilliseconds = 3_000;

/** Why nothing can be brought there; undefined when it can. */
export function moveProblem(from: Place, names: readonly string[], to: Place): string | undefined {
  if (from.endpoint !== to.endpoint) return undefined;
  if (from.path === to.path) return 'Both panes show the same folder. Open another one in one of them.';
  const inside = names.find(name => `${to.path}/`.startsWith(`${join(from.path, name)}/`));
  return inside === undefined ? undefined : `'${inside}' cannot be brought into itself.`;
}

/** Those that are there already, and would be replaced. A rename replaces nothing; of a folder that cannot be listed the transfer tells why. */
export async function takenAt(move: Move): Promise<string[]> {
  if (isRename(move)) return [];
  const there = await queryClient.fetchQuery({ ...folderQuery(queryClient, move.to), staleTime: freshMilliseconds }).catch((error: unknown) => {
    // Whoever cannot ask does not begin either.
    if (error instanceof UnreachableError) throw error;
    return null;
  });
  return there === null ? [] : clashesOf(move.names, there.entries);
}

/** Brings files and folders to another place: by a transfer, or by renaming where that is enough. Answers what is done already; null when it goes on. */
export async function bring(move: Move): Promise<string | null> {
  const { mode, from, to, names } = move;
  const what = names.length === 1 ? `'${names[0]}'` : plural(names.length, 'entry', 'entries');
  if (!isRename(move)) {
    await beginMove(move, `${mode === 'copy' ? 'Copy' : 'Move'} ${what} to ${textOfPlace(to)}`);
    return null;
  }
  let moved = 0;
  try {
    for (const name of names) {
      await renameFile(from.endpoint, join(from.path, name), join(to.path, name));
      moved++;
    }
  } catch (error) {
    throw moved === 0 ? error : new PartlyMovedError(`${moved} of ${names.length} are in ${textOfPlace(to)} now. ${messageOf(error)}`);
  } finally {
    await Promise.all([refreshFolder(from), refreshFolder(to)]);
  }
  return `${what} moved to ${textOfPlace(to)}.`;
}

/** Those of the files that would be replaced there. */
export function clashesOf(paths: readonly string[], there: readonly FileEntry[]): string[] {
  const names = new Set(there.map(entry => entry.name));
  return [...new Set(paths.map(path => path.split('/')[0]!))].filter(name => names.has(name));
}
