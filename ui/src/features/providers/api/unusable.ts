import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type UnusableProvider = Shape<'UnusableProviderView'>;

/** What was added to this hub and cannot be used as it is. It changes with files of the hub's machine too, so that it is asked for again. */
export const unusableProvidersQuery = queryOptions({
  queryKey: ['providers', 'unusable'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/unusable-providers', { signal }))).items,
  staleTime: 0,
});
