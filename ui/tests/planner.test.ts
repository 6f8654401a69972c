import { expect, test } from 'vitest';
import type { PlanDraft } from '@/api/plan-draft';
import { costText, obstacleOf, providerOf } from '@/features/planner/draft/words';

const draft: PlanDraft = {
  draft: 'd', prompt: 'p', provider: 'openai', model: 'gpt', user: 'ada', plan: 'name: a', steps: [], uses: [], connections: [], missing: ['Say more.'], findings: [], starts_by_itself: false,
  tokens: 1_200, cost: null, created_at: '2026-11-21T10:00:00Z', approved_at: null, plan_id: null,
};

test('a draft is approved when it holds a plan with nothing wrong, whatever is still to be set up', () => {
  expect(obstacleOf(draft)).toBeNull();
  expect(obstacleOf({ ...draft, plan: null })).toContain('No answer');
  expect(obstacleOf({ ...draft, findings: [{ path: '', line: 1, column: 1, message: 'wrong' }] })).toContain('wrong');
});

test('what it cost is told where the vendor says it', () => {
  expect(costText(draft)).toBe('openai gpt used 1,200 tokens.');
  expect(costText({ ...draft, cost: 0.012 })).toBe('openai gpt used 1,200 tokens, for 0.012 as the vendor says.');
});

test('an action is of a provider', () => {
  expect(providerOf('slack.send_message')).toBe('slack');
  expect(providerOf('odd')).toBe('odd');
});
