import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate, target } from '../scripts/api-types.mjs';

it("the API's types are those of its description: if not, run 'npm run generate'", async () => {
  expect(readFileSync(target, 'utf8')).toBe(await generate());
});
