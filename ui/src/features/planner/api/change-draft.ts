import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

/** Has an AI draft a plan; it may take a minute. */
export const draftPlan = (request: Shape<'DraftRequest'>) => answerOf(hub.POST('/api/ai-planner', { body: request }));

export async function deleteDraft(draft: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/ai-planner/drafts/{draft}', { params: { path: { draft } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
