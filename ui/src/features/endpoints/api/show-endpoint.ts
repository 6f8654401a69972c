import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

export const endpointQuery = (name: string) => queryOptions({
  queryKey: ['endpoints', 'one', name],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/endpoints/{name}', { signal, params: { path: { name } } })),
});
