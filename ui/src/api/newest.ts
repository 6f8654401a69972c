import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ServerEvent } from './event-parser';
import { followStream } from './event-stream';

interface Identified {
  /** Ids grow with time, also as texts. */
  id: string;
}

/** The newest rows of a list, the newest first. */
export interface Newest<Row> {
  rows: readonly Row[];
  /** There are older ones. */
  more: boolean;
}

/** Puts together what a list's stream tells. */
export class NewestReader<Row extends Identified> {
  private readonly rows = new Map<string, Row>();
  private ids: readonly string[] = [];
  private more = false;

  /** The list as it stands after these events; null while what changed together has not come whole. */
  read(events: readonly ServerEvent[]): Newest<Row> | null {
    let isWhole = false;
    for (const { type, data, id } of events) {
      if (type === 'list') this.setList(JSON.parse(data) as { ids: string[]; more: boolean });
      else this.setRow(JSON.parse(data) as Row);
      isWhole = id !== null;
    }
    return isWhole ? { rows: this.ids.flatMap(id => this.rows.get(id) ?? []), more: this.more } : null;
  }

  private setRow(row: Row): void {
    this.rows.set(row.id, row);
  }

  private setList({ ids, more }: { ids: string[]; more: boolean }): void {
    this.ids = ids;
    this.more = more;
    const kept = new Set(ids);
    for (const id of this.rows.keys()) if (!kept.has(id)) this.rows.delete(id);
  }
}

/** Follows a list as long as it is looked at; null until its rows are known. Without a path nothing is followed. */
export function useNewest<Row extends Identified>(path: string | null): Newest<Row> | null {
  const [state, setState] = useState<{ path: string; newest: Newest<Row> } | null>(null);
  useEffect(() => {
    if (path === null) return;
    const reader = new NewestReader<Row>();
    const following = new AbortController();
    const onEvents = (events: ServerEvent[]) => {
      const newest = reader.read(events);
      if (newest !== null) setState({ path, newest });
    };
    // What the hub refuses, it refuses to the list itself as well, which says so.
    followStream(path, { onEvents, signal: following.signal }).catch(() => undefined);
    return () => following.abort();
  }, [path]);
  return state?.path === path ? state.newest : null;
}

interface Page<Row> {
  items: Row[];
  next?: string | null;
}

/** The pages of a list with its newest rows in their places. What lies behind them stays as it was read. */
export function withNewest<Row extends Identified>(data: InfiniteData<Page<Row>, string | null>, { rows, more }: Newest<Row>): InfiniteData<Page<Row>, string | null> {
  const last = rows.at(-1)?.id;
  const newestBefore = data.pages[0]?.items[0]?.id;
  // What is between the newest ones of then and of now was never read: older pages are read again when they are looked for.
  const isApart = last !== undefined && newestBefore !== undefined && newestBefore < last;
  if (data.pages.length < 2 || !more || last === undefined || isApart) return { pages: [{ items: [...rows], next: more ? last : null }], pageParams: [null] };
  const older = data.pages.map(page => ({ ...page, items: page.items.filter(row => row.id < last) }));
  return { ...data, pages: [{ ...older[0]!, items: [...rows, ...older[0]!.items] }, ...older.slice(1)] };
}

/** Keeps the pages of a list at what its stream tells. `readAt` is when they were read last. */
export function useLivePages<Row extends Identified>(queryKey: readonly unknown[], path: string, readAt: number): void {
  const client = useQueryClient();
  // The hub is not asked for the same twice at once: what is read first is shown first.
  const newest = useNewest<Row>(readAt === 0 ? null : path);
  const done = useRef<{ newest: Newest<Row>; at: number } | null>(null);
  useEffect(() => {
    // What was read may be older than what was told.
    if (newest === null || readAt === 0 || (done.current?.newest === newest && done.current.at === readAt)) return;
    client.setQueryData<InfiniteData<Page<Row>, string | null>>(queryKey, data => data && withNewest(data, newest));
    done.current = { newest, at: client.getQueryState(queryKey)?.dataUpdatedAt ?? 0 };
  }, [client, newest, queryKey, readAt]);
}

/** The address of a list's stream. */
export function streamOf(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${path}/events?${new URLSearchParams(given).toString()}`;
}
