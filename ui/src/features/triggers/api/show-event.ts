import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** One event with what its trigger saw. */
export const eventQuery = (event: string) => queryOptions({
  queryKey: ['events', 'one', event],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/events/{event}', { signal, params: { path: { event } } })),
});
