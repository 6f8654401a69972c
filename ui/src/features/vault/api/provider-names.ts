import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

export const providerNamesQuery = queryOptions({
  queryKey: ['providers', 'names'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/providers', { signal }))).items.map(({ id, title }) => ({ value: id, label: title })),
  staleTime: Infinity,
});
