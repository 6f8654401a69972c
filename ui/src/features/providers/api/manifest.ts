import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** A provider's manifest as it was written; for administrators. */
export const manifestQuery = (id: string) => queryOptions({
  queryKey: ['providers', 'manifest', id],
  queryFn: async ({ signal }): Promise<string> => answerOf(hub.GET('/api/providers/{id}/manifest', { signal, params: { path: { id } }, parseAs: 'text' })),
  // What is being changed is not taken from under the one who changes it.
  staleTime: Infinity,
  gcTime: 0,
});

/** Saves a manifest as a provider of this hub, or in place of the one that has this id. */
export const saveManifest = (id: string, manifest: string) =>
  answerOf(hub.PUT('/api/providers/{id}', { params: { path: { id } }, body: manifest, bodySerializer: text => text, headers: { 'Content-Type': 'application/yaml' } }));
