import { useSyncExternalStore } from 'react';
import { newKey } from '@/api/new-key';
import { isStatus } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { messageOf } from '@/components/feedback/ProblemAlert';
import { createFolder } from '../api/change-files';
import { followTransfer } from '../api/follow-transfer';
import { startTransfer, type Move } from '../api/start-transfer';
import { writeFile } from '../api/write-file';
import { join, parentOf, type Place } from './paths';

/** An upload or a transfer that was begun on this page. It goes on while one looks at other pages. */
export interface Work {
  id: string;
  kind: 'upload' | 'transfer';
  title: string;
  status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  filesDone: number;
  filesTotal: number | null;
  bytesDone: number;
  bytesTotal: number | null;
  error?: string;
  /** The transfer's page. */
  transfer?: string;
  /** Ends an upload. */
  stop?: () => void;
}

/** A file of this computer, and where it goes below the folder it was dropped on. */
export interface Given {
  file: File;
  path: string;
}

const uploadsAtOnce = 3;
let works: readonly Work[] = [];
const listeners = new Set<() => void>();

const tell = (next: readonly Work[]) => {
  works = next;
  for (const listener of listeners) listener();
};

const change = (id: string, news: Partial<Work>) => tell(works.map(work => (work.id === id ? { ...work, ...news } : work)));

export const useWorks = (): readonly Work[] => useSyncExternalStore(
  listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  () => works,
);

export const forget = (id: string): void => tell(works.filter(work => work.id !== id));

export const refreshFolder = (place: Place) => queryClient.invalidateQueries({ queryKey: ['files', place.endpoint, place.path] });

/** Starts a transfer and keeps an eye on it; answers its id. */
export async function beginMove(move: Move, title: string): Promise<string> {
  const { id } = await startTransfer(move);
  tell([{ id, kind: 'transfer', title, status: 'running', filesDone: 0, filesTotal: null, bytesDone: 0, bytesTotal: null, transfer: id }, ...works]);
  void watch(id, move);
  return id;
}

async function watch(id: string, move: Move): Promise<void> {
  try {
    await followTransfer(id, news => {
      const known = works.find(work => work.id === id);
      if (known === undefined) return;
      const status = news.status === 'succeeded' || news.status === 'failed' || news.status === 'cancelled' ? news.status : known.status;
      change(id, {
        status, error: news.error ?? known.error, filesDone: news.filesDone ?? known.filesDone, bytesDone: news.bytesDone ?? known.bytesDone, bytesTotal: news.bytesTotal ?? known.bytesTotal,
      });
    }, new AbortController().signal);
  } catch (error) {
    change(id, { status: 'failed', error: messageOf(error) });
  }
  await Promise.all([refreshFolder(move.to), refreshFolder(move.from)]);
}

/** Sends files of this computer into a folder, a few at a time. */
export function beginUpload(given: readonly Given[], into: Place, title: string, overwrite: boolean): void {
  const id = newKey();
  const stopping = new AbortController();
  const bytesTotal = given.reduce((sum, { file }) => sum + file.size, 0);
  tell([{ id, kind: 'upload', title, status: 'running', filesDone: 0, filesTotal: given.length, bytesDone: 0, bytesTotal, stop: () => stopping.abort() }, ...works]);
  // A page that is closed takes its uploads with it: the browser asks first.
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener('beforeunload', ask);
  void upload(id, given, into, overwrite, stopping).finally(() => {
    window.removeEventListener('beforeunload', ask);
    return refreshFolder(into);
  });
}

async function upload(id: string, given: readonly Given[], into: Place, overwrite: boolean, stopping: AbortController): Promise<void> {
  const sent = new Map<Given, number>();
  let filesDone = 0;
  let toldAt = 0;
  const progress = (isForced: boolean) => {
    if (!isForced && performance.now() - toldAt < 100) return;
    toldAt = performance.now();
    change(id, { filesDone, bytesDone: [...sent.values()].reduce((sum, bytes) => sum + bytes, 0) });
  };
  try {
    await makeFolders(given, into);
    const waiting = [...given];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const one = next;
        const place = { endpoint: into.endpoint, path: join(into.path, one.path) };
        await writeFile({ place, file: one.file, overwrite, signal: stopping.signal, onProgress: bytes => { sent.set(one, bytes); progress(false); } });
        sent.set(one, one.file.size);
        filesDone++;
        progress(true);
      }
    };
    await Promise.all(Array.from({ length: Math.min(uploadsAtOnce, given.length) }, lane));
    change(id, { status: 'succeeded' });
  } catch (error) {
    const isStopped = stopping.signal.aborted;
    stopping.abort();
    change(id, isStopped ? { status: 'cancelled' } : { status: 'failed', error: messageOf(error) });
  }
}

/** The outer ones first; one that is there already is as good. */
async function makeFolders(given: readonly Given[], into: Place): Promise<void> {
  const folders = new Set<string>();
  for (const { path } of given) for (let folder = parentOf(path); folder !== '' && !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  for (const folder of [...folders].sort()) {
    try {
      await createFolder(into.endpoint, join(into.path, folder));
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
    }
  }
}
