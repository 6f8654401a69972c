import { queryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Finding = Shape<'PlanFinding'>;

export interface PlanCheck {
  text: string;
  findings: readonly Finding[];
  /** The plan's schedules as sentences, in their order; none of a plan with errors. */
  schedules: readonly string[];
}

/** All that is wrong with a plan's text, each with its line and column. */
export const planCheckQuery = (text: string) => queryOptions({
  queryKey: ['plan-check', text],
  queryFn: async ({ signal }): Promise<PlanCheck> => {
    if (text.trim() === '') return { text, findings: [], schedules: [] };
    const { errors, schedules } = await answerOf(hub.POST('/api/plans/check', { signal, body: { plan: text } as never }));
    return { text, findings: errors, schedules };
  },
  staleTime: Infinity,
  gcTime: 10_000,
  placeholderData: keepPreviousData,
});
