// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { LogBuffer, type LogLine } from '@/components/log/log-buffer';

const lines = (from: number, count: number, level = 'info'): LogLine[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, time: '2026-01-01T00:00:00Z', level, message: `line ${from + index}` }));

const frame = () => new Promise(resolve => requestAnimationFrame(resolve));

describe('the lines of a log', () => {
  it('are bounded, and those that were let go are counted', async () => {
    const buffer = new LogBuffer(100);

    for (let from = 1; from <= 10_000; from += 50) buffer.append(lines(from, 50));
    await frame();

    const { lines: kept, total, dropped } = buffer.read();
    expect(kept.length).toBeLessThanOrEqual(125);
    expect(kept.at(-1)!.id).toBe(10_000);
    expect(total).toBe(10_000);
    expect(dropped + kept.length).toBe(10_000);
  });

  it('that come again after a stream was taken up are passed over', async () => {
    const buffer = new LogBuffer();

    buffer.append(lines(1, 10));
    buffer.append(lines(5, 10));
    await frame();

    expect(buffer.read().lines.map(line => line.id)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it('say when there are older ones', async () => {
    const [whole, late] = [new LogBuffer(), new LogBuffer()];

    whole.append(lines(1, 5));
    late.markCutOff();
    late.append(lines(100, 5));
    await frame();

    expect([whole.read().isCutOff, late.read().isCutOff]).toEqual([false, true]);
  });

  it('are told at most once a frame', async () => {
    const buffer = new LogBuffer();
    let told = 0;
    buffer.subscribe(() => told++);

    for (let from = 1; from <= 1_000; from++) buffer.append(lines(from, 1));
    await frame();

    expect(told).toBe(1);
  });

  it('are filtered by level and text, those to come as well', async () => {
    const buffer = new LogBuffer();
    buffer.append([...lines(1, 3), ...lines(4, 2, 'error'), ...lines(6, 1, 'warning')]);

    buffer.setFilter({ level: 'warning', text: 'LINE' });
    buffer.append([...lines(7, 1), ...lines(8, 1, 'error')]);
    await frame();

    expect(buffer.read().lines.map(line => line.id)).toEqual([4, 5, 6, 8]);
    expect(buffer.read().total).toBe(8);
  });

  it('that no longer fit when old ones are let go are all that is left out', async () => {
    const buffer = new LogBuffer(100);
    buffer.setFilter({ level: 'error' });

    buffer.append(lines(1, 10, 'error'));
    buffer.append(lines(11, 200));
    await frame();

    expect(buffer.read().lines).toEqual([]);
  });
});
