import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** The drafts of the workspace, the newest first. */
export const planDraftsQuery = infiniteQueryOptions({
  queryKey: ['plan-drafts', 'list'],
  queryFn: ({ signal, pageParam }) => answerOf(hub.GET('/api/ai-planner/drafts', { signal, params: { query: { limit: '10', after: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: last => last.next ?? undefined,
});
