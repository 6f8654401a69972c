import { describe, expect, it } from 'vitest';
import { barOf, rowsOf, spanOf, ticksOf, withAttempts, type Attempt } from '@/features/executions/detail/timeline';
import { metadataOf, usesOf } from '@/features/executions/detail/uses';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
const attempt = (step: string, from: number, to: number | null, more: Partial<Attempt> = {}): Attempt => ({
  step, use: 'logic.wait', attempt: 1, status: to === null ? 'running' : 'succeeded', started_at: at(from), ended_at: to === null ? null : at(to), ...more,
});

describe('the timeline', () => {
  it('has one row for each step, in the order of the plan, with all attempts', () => {
    const rows = rowsOf([attempt('10', 5, 6), attempt('2', 0, 1, { status: 'failed' }), attempt('2', 2, 3, { attempt: 2 }), attempt('2/0', 2, 3)]);

    expect(rows.map(row => [row.path, row.depth, row.attempts.length, row.status])).toEqual([['2', 0, 2, 'succeeded'], ['2/0', 1, 1, 'succeeded'], ['10', 0, 1, 'succeeded']]);
  });

  it('reaches from the first start to now while something runs', () => {
    const span = spanOf([attempt('0', 0, 4), attempt('1', 4, null)], Date.parse(at(10)));

    expect(span.to - span.from).toBe(10_000);
    expect(barOf(attempt('1', 4, null), span, Date.parse(at(10)))).toEqual({ left: 40, width: 60 });
  });

  it('shows the shortest step still', () => {
    const bar = barOf(attempt('0', 1_000, 1_000), { from: Date.parse(at(0)), to: Date.parse(at(1_000)) }, 0);

    expect(bar.width).toBeGreaterThan(0);
    expect(bar.left + bar.width).toBeLessThanOrEqual(100);
  });

  it('has round ticks', () => expect(ticksOf({ from: 0, to: 47_000 }, 5)).toEqual([0, 10_000, 20_000, 30_000, 40_000]));

  it('takes what happens in many steps at once, and keeps what it knows', () => {
    const known = [attempt('0', 0, 1, { output: { a: 1 } }), attempt('1', 1, null)];

    const after = withAttempts(known, [attempt('0', 0, null), attempt('1', 1, 2), attempt('2', 2, null), attempt('2', 2, 3), attempt('1', 4, null, { attempt: 2 })]);

    expect(after.map(each => [each.step, each.attempt, each.status, each.output])).toEqual([
      ['0', 1, 'succeeded', { a: 1 }], ['1', 1, 'succeeded', undefined], ['2', 1, 'succeeded', undefined], ['1', 2, 'running', undefined],
    ]);
  });

  it('takes ten thousand happenings of ten thousand steps at once', () => {
    const begun = Array.from({ length: 10_000 }, (_, index) => attempt(`0/${index}`, index, null));

    const ended = withAttempts(begun, begun.map(each => ({ ...each, status: 'succeeded', ended_at: each.started_at })));

    expect(ended.every(each => each.status === 'succeeded')).toBe(true);
  });
});

describe('what a failure leads to', () => {
  const error = { kind: 'unauthorized', message: 'It says no.', transient: false };

  it('is the endpoints and credentials that the hub noted, and no other metadata', () => {
    const attempt = { error, metadata: { endpoints: 'shop, backup', credentials: 'SHOP_KEY', request: '4711' } };
    expect(usesOf(attempt)).toEqual({ endpoints: ['shop', 'backup'], credentials: ['SHOP_KEY'] });
    expect(metadataOf(attempt)).toEqual({ request: '4711' });
    expect(metadataOf({ error, metadata: { endpoints: 'shop' } })).toBeNull();
  });

  it('is nothing where nothing failed', () => {
    const attempt = { metadata: { endpoints: '3' } };
    expect(usesOf(attempt)).toEqual({ endpoints: [], credentials: [] });
    expect(metadataOf(attempt)).toEqual({ endpoints: '3' });
    expect(usesOf(undefined)).toEqual({ endpoints: [], credentials: [] });
  });
});
