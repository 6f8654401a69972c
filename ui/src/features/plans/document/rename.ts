import { setIn, valueAt } from './edit';
import type { PlanStep } from './model';

/** Gives a step another id, and says so wherever it is referred to. */
export function renameStep(text: string, step: PlanStep, id: string): string {
  const renamed = setIn(text, [...step.path, 'id'], id === '' ? undefined : id);
  if (step.id === null || id === '' || renamed === text) return renamed;
  const pattern = new RegExp(`\\bsteps\\.${step.id.replace(/-/g, '\\-')}(?![\\w-])`, 'g');
  const referred = renamed.replace(/\$\{[^}\n]*\}/g, reference => reference.replace(pattern, `steps.${id}`));
  const list = step.path.slice(0, -1);
  const siblings = valueAt(referred, list);
  if (!Array.isArray(siblings)) return referred;
  return siblings.reduce<string>((changed, sibling, index) => {
    const needs = (sibling as { needs?: unknown } | null)?.needs;
    if (!Array.isArray(needs)) return needs === step.id ? setIn(changed, [...list, index, 'needs'], id) : changed;
    return needs.reduce<string>((each, need, at) => (need === step.id ? setIn(each, [...list, index, 'needs', at], id) : each), changed);
  }, referred);
}
