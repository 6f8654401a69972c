import { queryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Finding = Shape<'PlanFinding'>;

/** All that is wrong with a plan's text, each with its line and column. */
export const planCheckQuery = (text: string) => queryOptions({
  queryKey: ['plan-check', text],
  queryFn: async ({ signal }): Promise<{ text: string; findings: readonly Finding[] }> => {
    if (text.trim() === '') return { text, findings: [] };
    const { errors } = await answerOf(hub.POST('/api/plans/check', { signal, body: { plan: text } as never }));
    return { text, findings: errors };
  },
  staleTime: Infinity,
  gcTime: 10_000,
  placeholderData: keepPreviousData,
});
