import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from './client';

/** What a secret may be chosen from, by what stands after 'cred:': credentials, and each field of a provider's. */
export const credentialNamesQuery = queryOptions({
  queryKey: ['credentials', 'names'],
  queryFn: async ({ signal }) => {
    const names = new Set<string>();
    let after: string | undefined;
    do {
      const page = await answerOf(hub.GET('/api/credentials', { signal, params: { query: { limit: '500', after } } }));
      for (const { name, provider, fields } of page.items) for (const each of provider == null ? [name] : fields.map(field => `${name}.${field}`)) names.add(each);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return [...names].sort();
  },
  staleTime: 10_000,
});
