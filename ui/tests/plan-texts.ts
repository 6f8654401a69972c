import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '@/features/plans/document/yaml-document';

const root = new URL('../../', import.meta.url).pathname;

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    if (['node_modules', 'obj', 'bin', 'servers'].includes(name)) return [];
    return statSync(path).isDirectory() ? filesBelow(path, ending) : name.endsWith(ending) ? [path] : [];
  });
}

const dedented = (text: string): string => {
  const lines = text.split('\n');
  const column = Math.min(...lines.filter(line => line.trim() !== '').map(line => /^ */.exec(line)![0].length));
  return `${lines.map(line => line.slice(column)).join('\n').trim()}\n`;
};

function isPlan(text: string): boolean {
  const document = readDocument(text);
  if (document.errors.length > 0) return false;
  const value = document.toJS() as { steps?: unknown } | null;
  return Array.isArray(value?.steps) && value.steps.length > 0 && value.steps.every(step => typeof step === 'object' && step !== null && !Array.isArray(step));
}

const ofDocs = filesBelow(join(root, 'docs'), '.md').flatMap(file => [...readFileSync(file, 'utf8').matchAll(/```(?:yaml|json)\n(.*?)```/gs)].map(match => match[1]!));
const ofTests = filesBelow(join(root, 'tests'), '.cs').flatMap(file => [...readFileSync(file, 'utf8').matchAll(/"""\n(.*?)\n *"""/gs)].map(match => match[1]!));

/** Every plan that the documentation shows and the tests run. */
export const planTexts: readonly string[] = [...new Set([...ofDocs, ...ofTests].map(dedented))].filter(text => text.includes('steps') && isPlan(text));
