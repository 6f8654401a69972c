import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** One execution with every attempt at its steps. */
export const executionQuery = (id: string) => queryOptions({
  queryKey: ['executions', 'one', id],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/executions/{id}', { signal, params: { path: { id } } })),
});
