import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breach } from '../build/arrows.js';

const file = (path: string) => resolve(import.meta.dirname, '../src', path);

describe('arrows', () => {
  it.each([
    ['app/Shell.tsx', '@/features/plans/routes'], ['app/Shell.tsx', '../components/page/Page'], ['features/plans/PlansPage.tsx', '@/api/client'],
    ['features/plans/PlansPage.tsx', './api/list-plans'], ['features/plans/PlansPage.tsx', 'react'], ['components/a/A.tsx', '../b/B'],
  ])('from %s to %s are allowed', (from, to) => expect(breach(file(from), to)).toBeNull());

  it.each([
    ['features/plans/PlansPage.tsx', '@/features/executions/api/list-executions'], ['features/plans/PlansPage.tsx', '../executions/routes'],
    ['features/plans/PlansPage.tsx', '@/app/router'], ['components/a/A.tsx', '@/api/client'], ['components/a/A.tsx', '@/features/plans/routes'], ['api/client.ts', '../app/router'],
  ])('from %s to %s are not', (from, to) => expect(breach(file(from), to)).not.toBeNull());
});
