import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

export type PlanDraft = Shape<'DraftView'>;

/** A plan as an AI drafted it: a text that nobody has saved as a plan, or that somebody has. */
export const planDraftQuery = (draft: string) => queryOptions({
  queryKey: ['plan-drafts', 'one', draft],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/ai-planner/drafts/{draft}', { signal, params: { path: { draft } } })),
});
