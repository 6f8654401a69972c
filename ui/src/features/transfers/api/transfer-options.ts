import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** What copy, sync and move take, as the provider describes it; by the modes' names. */
export const transferOptionsQuery = queryOptions({
  queryKey: ['providers', 'transfer', 'actions'],
  queryFn: async ({ signal }) => {
    const { items } = await answerOf(hub.GET('/api/providers/{id}/actions', { signal, params: { path: { id: 'transfer' } } }));
    return new Map(items.map(action => [action.id, action.parameters]));
  },
  staleTime: Infinity,
});
