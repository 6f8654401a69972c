import { queryOptions } from '@tanstack/react-query';
import { allPages } from './all-pages';
import { answerOf, hub } from './client';

/** What a secret may be chosen from, by what stands after 'cred:': credentials, and each field of a provider's. */
export const credentialNamesQuery = queryOptions({
  queryKey: ['credentials', 'names'],
  queryFn: async ({ signal }) => {
    const { items } = await allPages(query => answerOf(hub.GET('/api/credentials', { signal, params: { query } })));
    return [...new Set(items.flatMap(({ name, provider, fields }) => (provider == null ? [name] : fields.map(field => `${name}.${field}`))))].sort();
  },
  staleTime: 10_000,
});
