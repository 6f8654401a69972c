// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { pin, readPins, unpin } from '@/features/plans/step/pins';

describe('a pinned output', () => {
  it('is kept until it is taken out', () => {
    pin('nightly', 'look', { rows: 1 });
    pin('nightly', 'then', 2);
    unpin('nightly', 'look');

    expect(readPins('nightly')).toEqual({ then: 2 });
  });
});
