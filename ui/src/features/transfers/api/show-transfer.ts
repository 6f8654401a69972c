import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** One transfer: how each link stands, its summary and its first failures. */
export const transferQuery = (id: string) => queryOptions({
  queryKey: ['transfers', 'one', id],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/transfers/{id}', { signal, params: { path: { id } } })),
});
