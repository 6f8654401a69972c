import { describe, expect, it } from 'vitest';
import { readPlan } from '@/features/plans/document/model';
import { beginOf, sentencesOf } from '@/features/plans/editor/begin';

const plan = readPlan('on: [ { webhook: { path: news } }, { schedule: { cron: "30 6 * * *", zone: Europe/Berlin } }, { schedule: { every: 15m } } ]\nsteps: []\n');

describe('what a graph begins with', () => {
  it('tells schedules as the list of schedules does', () => {
    const sentences = sentencesOf(plan, ['Every day at 06:30 (Europe/Berlin)', 'Every 15 minutes']);

    expect(beginOf(plan, sentences).title).toBe('Webhook POST news, Every day at 06:30 (Europe/Berlin), Every 15 minutes');
  });

  it('tells them as they stand while the hub has not read them, or cannot', () => {
    expect(beginOf(plan, sentencesOf(plan, [])).title).toContain('schedule 30 6 * * * (Europe/Berlin)');
    expect(beginOf(readPlan('steps: []\n'), new Map())).toEqual({ title: 'Started by hand', detail: 'no inputs' });
  });
});
