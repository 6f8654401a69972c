import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** Who drafts, and what of the day's budget is used. */
export const plannerQuery = queryOptions({
  queryKey: ['planner'],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/ai-planner/settings', { signal })),
});
