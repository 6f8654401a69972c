import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { Listing } from '../files/listing';
import { textOfPlace, type Place } from '../files/paths';
import { listFolder } from './list-folder';

export const folderKey = (place: Place) => ['files', place.endpoint, place.path] as const;

/** A folder's listing; a long one grows while it is read, and what was seen before stays until the new one is whole. */
export const folderQuery = (client: QueryClient, place: Place) => queryOptions({
  queryKey: folderKey(place),
  queryFn: ({ signal }) => {
    const isKnown = client.getQueryData<Listing>(folderKey(place)) !== undefined;
    return listFolder(place, signal, part => { if (!isKnown) client.setQueryData(folderKey(place), part); });
  },
  staleTime: 15_000,
  gcTime: 120_000,
  structuralSharing: false,
  retry: false,
  meta: { place: textOfPlace(place) },
});
