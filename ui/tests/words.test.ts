import { describe, expect, it, vi } from 'vitest';
import { bytesText, durationText, exactText, plural, relativeText } from '@/components/time/words';

describe('durations', () => {
  it.each([[0, '0 ms'], [999, '999 ms'], [1_000, '1.0 s'], [9_999, '9.9 s'], [10_000, '10 s'], [59_999, '59 s'], [60_000, '1 min'], [200_000, '3 min 20 s'], [7_500_000, '2 h 5 min'], [356_400_000, '4 d 3 h'], [-5, '0 ms']])(
    '%d ms are "%s"', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));
});

describe('times beside now', () => {
  const now = Date.parse('2026-06-15T12:00:00Z');
  it.each([[0, 'just now'], [-5_000, 'just now'], [900, 'just now'], [5_000, 'in a moment'], [-45_000, '45 s ago'], [-300_000, '5 min ago'], [7_200_000, 'in 2 h'], [-86_400_000 * 3, '3 d ago']])(
    '%d ms away is "%s"', (distance, text) => expect(relativeText(now + distance, now)).toBe(text));

  it('further than a week are days', () => expect(relativeText(Date.parse('2025-01-02T12:00:00Z'), now)).toMatch(/2025/));
});

describe('exact times', () => {
  it('are to the second, with the zone', () => expect(exactText('2026-06-15T12:34:56Z')).toMatch(/2026.*\d\d:34:56.*\S/));

  it('are told without a format of their own each: it takes longer than the rest of a row', () => {
    const formats = vi.spyOn(Intl, 'DateTimeFormat');

    for (let second = 0; second < 10; second++) exactText(second * 1_000);

    expect(formats).not.toHaveBeenCalled();
    formats.mockRestore();
  });
});

describe('amounts', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1_000, '1.0 KB'], [1_449_000_000, '1.4 GB'], [999_600, '1.0 MB'], [123_000_000, '123 MB']])(
    '%d bytes are "%s"', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it('agree with their noun', () => expect([plural(1, 'file'), plural(2_000, 'file')]).toEqual(['1 file', '2,000 files']));
});
