import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** What a secret may be chosen from: credentials, and the fields of providers. */
export const secretsQuery = queryOptions({
  queryKey: ['credentials', 'names'],
  queryFn: async ({ signal }) => {
    const page = await answerOf(hub.GET('/api/credentials', { signal, params: { query: { limit: '500' } } }));
    return page.items.flatMap(item => (item.provider == null ? [{ name: item.name, scope: item.scope }] : item.fields.map(field => ({ name: `${item.name}.${field}`, scope: item.scope }))));
  },
  staleTime: 10_000,
});
