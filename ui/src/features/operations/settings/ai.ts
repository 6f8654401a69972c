import type { Shape } from '@/api/client';
import { countText } from '@/components/time/words';

type View = Shape<'PlannerView'>;

/** The form of the workspace's AI: numbers as they are typed. */
export interface AiDraft {
  provider: string | null;
  model: string;
  connection: string;
  tokens: number | string;
  requests: number | string;
  planTokens: number | string;
  planCost: number | string;
}

export const aiDraftOf = (view: View): AiDraft => ({
  provider: view.provider, model: view.model ?? '', connection: view.connection ?? '', tokens: view.tokens_a_day, requests: view.requests_a_day,
  planTokens: view.plan_tokens_a_day ?? '', planCost: view.plan_cost_a_day ?? '',
});

/** What is saved: an empty field is left to the hub, and an empty budget of plans bounds nothing. A model and a connection are a provider's. */
export const aiSettingsOf = (draft: AiDraft): Shape<'PlannerSettings'> => ({
  provider: draft.provider,
  model: draft.provider === null ? null : textOf(draft.model),
  connection: draft.provider === null ? null : textOf(draft.connection),
  tokens_a_day: numberOf(draft.tokens), requests_a_day: numberOf(draft.requests), plan_tokens_a_day: numberOf(draft.planTokens), plan_cost_a_day: numberOf(draft.planCost),
});

/** "12 of 1,000 used today", "12 used today, without a bound". */
export const usedText = (used: number, bound: number | null): string => (bound === null ? `${countText(used)} used today; nothing bounds it.` : `${countText(used)} of ${countText(bound)} used today.`);

const textOf = (text: string): string | null => (text.trim() === '' ? null : text.trim());

const numberOf = (value: number | string): number | null => (value === '' || Number.isNaN(Number(value)) ? null : Number(value));
