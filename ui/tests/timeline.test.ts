import { describe, expect, it } from 'vitest';
import { barOf, rowsOf, spanOf, ticksOf, withAttempt, type Attempt } from '@/features/executions/detail/timeline';

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

  it('keeps the output of an attempt that is told of again', () => {
    const known = [attempt('0', 0, 1, { output: { a: 1 } })];

    expect(withAttempt(known, attempt('0', 0, 1))[0]!.output).toEqual({ a: 1 });
    expect(withAttempt(known, attempt('0', 0, 1, { attempt: 2 }))).toHaveLength(2);
  });
});
