import { describe, expect, it } from 'vitest';
import { setIn, valueAt } from '@/features/plans/document/edit';
import { aiDraftOf, aiSettingsOf, usedText } from '@/features/operations/settings/ai';

const view = {
  provider: 'openai', model: null, connection: null, tokens_a_day: 1_000_000, requests_a_day: 200, tokens_today: 12, requests_today: 1,
  plan_tokens_a_day: null, plan_cost_a_day: 2.5, plan_tokens_today: 0, plan_cost_today: 0, providers: [],
};

describe('the budgets of a workspace', () => {
  it('are saved as they are shown, and an empty one bounds nothing', () => {
    const draft = aiDraftOf(view);

    expect(draft.planTokens).toBe('');
    expect(aiSettingsOf(draft)).toEqual({ provider: 'openai', model: null, connection: null, tokens_a_day: 1_000_000, requests_a_day: 200, plan_tokens_a_day: null, plan_cost_a_day: 2.5 });
    expect(aiSettingsOf({ ...draft, planTokens: 0, planCost: '' })).toMatchObject({ plan_tokens_a_day: 0, plan_cost_a_day: null });
  });

  it('have a model and a credential only with an AI', () => {
    expect(aiSettingsOf({ ...aiDraftOf(view), provider: null, model: 'left over', connection: 'left over' })).toMatchObject({ provider: null, model: null, connection: null });
  });

  it('say what of them is used', () => {
    expect(usedText(12, 1_000)).toBe('12 of 1,000 used today.');
    expect(usedText(12, null)).toBe('12 used today; nothing bounds it.');
  });
});

describe('the budget of a plan', () => {
  const plan = 'name: x\n# what it does\nsteps:\n  - use: logic.transform\n    with: { value: 1 }\n';

  it('is written into its text, changed there and taken away again', () => {
    const once = setIn(plan, ['budget', 'tokens'], 50_000);
    const both = setIn(once, ['budget', 'cost'], 2.5);

    expect(valueAt(both, ['budget'])).toEqual({ tokens: 50_000, cost: 2.5 });
    expect(both).toContain('# what it does');
    expect(setIn(setIn(both, ['budget', 'cost'], undefined), ['budget'], undefined)).toBe(plan);
  });
});
