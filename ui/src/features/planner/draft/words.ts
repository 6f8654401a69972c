import { countText } from '@/components/time/words';
import type { PlanDraft } from '@/api/plan-draft';

/** Why a draft is not approved as it is; null when it can be. */
export function obstacleOf(draft: PlanDraft): string | null {
  if (draft.plan === null) return 'No answer of the AI held a plan. Say it in other words.';
  if (draft.findings.length > 0) return 'Something is wrong with the plan. Mend it in the editor, or say it in other words.';
  return null;
}

/** "openai gpt-4.1 used 1,200 tokens, for 0.012 as the vendor says." */
export function costText({ provider, model, tokens, cost }: PlanDraft): string {
  const paid = cost === null ? '' : `, for ${cost} as the vendor says`;
  return `${provider} ${model} used ${countText(tokens)} tokens${paid}.`;
}

/** The provider that an action of a plan is of. */
export const providerOf = (use: string): string => use.split('.', 1)[0]!;
