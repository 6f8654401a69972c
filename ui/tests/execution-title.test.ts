import { describe, expect, it } from 'vitest';
import { executionTitle } from '@/components/status/execution-title';

describe('an execution', () => {
  it('is called by its plan, and a transfer by what it moves', () => {
    expect(executionTitle({ plan: 'nightly', inputs: { files: ['a'] } })).toBe('nightly');
    expect(executionTitle({ plan: null, inputs: { files: ['site'] } })).toBe('Transfer of site');
    expect(executionTitle({ plan: null, inputs: { files: ['a', 'b', 'c', 'd'] } })).toBe('Transfer of a, b and 2 more');
    expect(executionTitle({ plan: null, inputs: { files: [] } })).toBe('Not a saved plan');
    expect(executionTitle({ plan: null })).toBe('Not a saved plan');
  });
});
