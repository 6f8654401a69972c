import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

export type PlanDraft = Shape<'DraftView'>;

/** A plan as an AI drafted it: a text that nobody has saved as a plan, or that somebody has. */
export const planDraftQuery = (draft: string) => queryOptions({
  queryKey: ['plan-drafts', 'one', draft],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/ai-planner/drafts/{draft}', { signal, params: { path: { draft } } })),
});

/** Saves a draft as a plan, which has not been started: with the text as a person changed it, or as the AI wrote it. */
export const approveDraft = (draft: string, plan?: string) =>
  answerOf(hub.POST('/api/ai-planner/drafts/{draft}/approve', { params: { path: { draft } }, body: { plan } }));
