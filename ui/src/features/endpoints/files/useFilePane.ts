import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { folderQuery } from '../api/folder-query';
import { filtered, sorted, type FileEntry, type Order } from './listing';
import { cameFrom, textOfPlace, type Place } from './paths';
import { kept, nothing, type Selection } from './selection';

// A folder that grows while it is read is not sorted anew four times a second.
const sortWhileReadingMax = 5_000;
const nowhere: Place = { endpoint: '', path: '' };

/** What one pane shows: a folder's listing as it is wanted, and what is marked in it. */
export function useFilePane(place: Place | null, order: Order, filter: string | undefined, isAllowed: boolean) {
  const client = useQueryClient();
  const query = useQuery({ ...folderQuery(client, place ?? nowhere), enabled: place !== null && isAllowed });
  const listing = query.data;
  const entries = useMemo(() => {
    const wanted = filtered(listing?.entries ?? [], filter);
    return listing?.isWhole === false && wanted.length > sortWhileReadingMax ? wanted : sorted(wanted, order);
  }, [listing, order, filter]);
  const key = place === null ? '' : textOfPlace(place);
  const [marked, setMarked] = useState<{ place: Place | null; selection: Selection }>({ place, selection: nothing });
  // Whoever comes out of a folder stands at it.
  if (key !== (marked.place === null ? '' : textOfPlace(marked.place))) setMarked({ place, selection: { ...nothing, cursor: cameFrom(marked.place, place) } });
  const places = useMemo(() => new Map(entries.map((entry, index) => [entry.name, index])), [entries]);
  const selection = useMemo(() => kept(marked.selection, places), [marked, places]);
  const chosen: FileEntry[] = useMemo(() => [...selection.names].map(name => entries[places.get(name)!]!).filter(entry => entry.is_text), [entries, places, selection.names]);
  return { query, listing, entries, selection, chosen, select: (next: Selection) => setMarked({ place, selection: next }) };
}

export type FilePaneState = ReturnType<typeof useFilePane>;
