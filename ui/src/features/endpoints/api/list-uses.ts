import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type EndpointUse = Shape<'EndpointUseView'>;

/** Which plans and templates name which endpoints. */
export const usesQuery = queryOptions({
  queryKey: ['endpoints', 'uses'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/endpoint-uses', { signal }))).items,
  staleTime: 10_000,
});
