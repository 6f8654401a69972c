import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type TriggerEvent = Shape<'EventView'>;

export interface EventFilter {
  status?: string;
  kind?: string;
  plan?: string;
  q?: string;
}

/** What triggers saw, the newest first, page by page. */
export const eventsQuery = ({ status, kind, plan, q }: EventFilter) => infiniteQueryOptions({
  queryKey: ['events', 'list', { status, kind, plan, q }],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/events', { signal, params: { query: { status, kind, plan, q, limit: '60', after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
  refetchInterval: query => ((query.state.data?.pages.length ?? 1) === 1 ? 3_000 : false),
});
