import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** Triggers of every kind that do nothing now, page by page. */
export const brokenQuery = infiniteQueryOptions({
  queryKey: ['triggers', 'broken'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/triggers', { signal, params: { query: { state: 'broken', limit: '60', after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  refetchInterval: query => ((query.state.data?.pages.length ?? 1) === 1 ? 10_000 : false),
});
