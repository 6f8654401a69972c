import type { PlanDiff } from '../api/plan-versions';

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);

/** What two versions differ in, in words. */
export function diffSentences({ members, steps }: Pick<PlanDiff, 'members' | 'steps'>): string[] {
  const sentences = steps.map(step => `Step ${step.step} ${step.change === 'changed' ? `has another ${listed(step.members)}` : `was ${step.change}`}.`);
  if (members.length > 0) sentences.push(`Besides the steps: ${listed(members)}.`);
  return sentences.length === 0 ? ['Only how it is written differs.'] : sentences;
}
