import { readFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';

export const source = new URL('../../docs/openapi.json', import.meta.url);
export const target = new URL('../src/api/schema.ts', import.meta.url);

/** The types of the hub's API, made from the snapshot of its description. */
export async function generate() {
  const description = JSON.parse(readFileSync(source, 'utf8'));
  for (const route of Object.values(description.paths)) {
    for (const operation of Object.values(route)) {
      // Every refusal is a problem, which 'default' says already.
      for (const status of Object.keys(operation.responses)) if (operation.responses[status].content?.['application/problem+json'] !== undefined && status !== 'default') delete operation.responses[status];
    }
  }
  openObjects(description);
  const types = astToString(await openapiTypescript(description, { alphabetize: true }));
  return `// Generated from docs/openapi.json by 'npm run generate'. Do not edit.\n\n${types}`;
}

/** An object without described members may have any, not none. */
function openObjects(node) {
  if (typeof node !== 'object' || node === null) return;
  if ([node.type].flat().includes('object') && node.properties === undefined && node.additionalProperties === undefined) node.additionalProperties = true;
  for (const value of Object.values(node)) openObjects(value);
}
