import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from './client';

/** The credentials that may be referred to, by name, for choosing one. */
export const credentialNamesQuery = queryOptions({
  queryKey: ['credentials', 'names'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/credentials', { signal, params: { query: { limit: '500' } } }))).items.map(credential => credential.name),
  staleTime: 30_000,
});
