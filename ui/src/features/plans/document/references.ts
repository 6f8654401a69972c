import { allSteps, type PlanModel, type PlanStep, type StepList } from './model';

/** Something that a step can refer to: "steps.feed.output.items[0].title". */
export interface Reference {
  text: string;
  /** What it is: "what the step http.get answers", "an input". */
  about: string;
  /** What it was the last time; undefined when nobody knows. */
  example?: unknown;
}

/** What the plan's latest execution gave, by the steps' keys. */
export type KnownOutputs = (step: PlanStep) => unknown;

const depthMax = 4;
const membersMax = 40;

/** Everything that this step can refer to: what ended before it, the inputs, and what is always there. */
export function referencesFor(model: PlanModel, step: PlanStep | null, outputs: KnownOutputs = () => undefined): Reference[] {
  const seen = step === null ? [] : visibleSteps(model, step);
  return [
    ...model.inputs.map(input => ({ text: `input.${input.name}`, about: `an input: ${input.type}`, example: input.default })),
    ...seen.toReversed().flatMap(each => outputReferences(each, outputs(each))),
    ...(step === null ? [] : aroundReferences(model, step)),
    ...(model.triggers.length > 0 ? [{ text: 'trigger', about: 'what started it' }] : []),
    { text: 'now', about: 'the time' },
    { text: 'execution.id', about: "this execution's id" },
    { text: 'plan.name', about: "this plan's name", example: model.name ?? undefined },
  ];
}

function outputReferences(step: PlanStep, output: unknown): Reference[] {
  const name = step.id ?? (step.path.length === 2 && step.path[0] === 'steps' ? String(step.path[1]) : null);
  if (name === null) return [];
  const root = `steps.${name}.output`;
  return [{ text: root, about: `what ${step.use === '' ? step.title : step.use} answers`, example: output }, ...membersOf(root, output, 1)];
}

function membersOf(path: string, value: unknown, depth: number): Reference[] {
  if (depth > depthMax || typeof value !== 'object' || value === null) return [];
  const members = Array.isArray(value) ? value.slice(0, 1).map((item, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value).slice(0, membersMax).map(([name, item]) => [/^[A-Za-z_][\w-]*$/.test(name) ? `${path}.${name}` : `${path}["${name}"]`, item] as const);
  return members.flatMap(([text, item]) => [{ text, about: 'as it was the last time', example: item }, ...membersOf(text, item, depth + 1)]);
}

/** Within 'each' there is an item; where a failure is handled, the error. */
function aroundReferences(model: PlanModel, step: PlanStep): Reference[] {
  const around = allSteps(model).filter(other => step.key !== other.key && step.key.startsWith(`${other.key}.`));
  const items = around.some(other => other.kind === 'each') || step.kind === 'each' ? [{ text: 'item', about: 'the item of the loop' }, { text: 'index', about: "the item's number, from 0" }] : [];
  const handles = step.path[0] === 'on_failure' || step.path.includes('catch');
  return [...items, ...(handles ? ['message', 'kind', 'step'].map(name => ({ text: `error.${name}`, about: 'what failed' })) : [])];
}

/** The steps that end before this one begins: earlier ones of its own list, and of the lists around it. */
export function visibleSteps(model: PlanModel, step: PlanStep): PlanStep[] {
  const found: PlanStep[] = [];
  if (step.path[0] === 'on_failure') found.push(...model.steps.steps);
  for (let list: StepList | null = step.path[0] === 'on_failure' ? model.onFailure : model.steps; list !== null;) {
    const here: PlanStep | undefined = list.steps.find(each => step.key === each.key || step.key.startsWith(`${each.key}.`));
    if (here === undefined) break;
    found.push(...(list.isGraph ? neededBy(list, here) : list.steps.slice(0, list.steps.indexOf(here))));
    if (here.key === step.key) break;
    const inner: StepList | undefined = here.lists.find(each => each.steps.some(one => step.key === one.key || step.key.startsWith(`${one.key}.`)));
    // What is caught or done at the end may look at all that was tried.
    if (here.kind === 'try' && (inner?.label === 'catch' || inner?.label === 'finally')) found.push(...here.lists[0]!.steps);
    list = inner ?? null;
  }
  return found;
}

function neededBy(list: StepList, step: PlanStep): PlanStep[] {
  const needed = new Set<PlanStep>();
  const add = (one: PlanStep) => {
    for (const other of list.steps) {
      if (other.id === null || !one.needs.includes(other.id) || needed.has(other)) continue;
      needed.add(other);
      add(other);
    }
  };
  add(step);
  return list.steps.filter(each => needed.has(each));
}

/** The ids of the steps, and the inputs, that a text refers to. */
export function referredTo(text: string): { steps: Set<string>; inputs: Set<string> } {
  const inside = [...text.matchAll(/\$\{([^}]*)\}/g)].map(match => match[1]!).join(' ');
  const names = (root: string) => new Set([...inside.matchAll(new RegExp(`\\b${root}\\.([\\w-]+)`, 'g'))].map(match => match[1]!));
  return { steps: names('steps'), inputs: names('input') };
}

/** A step's place as executions name it: "2.then.0"; within a loop that of the first item, "1.items[0].0". */
export function executionPath(step: PlanStep): string {
  const parts: string[] = step.path[0] === 'steps' ? [] : ['on_failure'];
  for (let index = 1; index < step.path.length; index++) {
    const part = step.path[index]!;
    if (part === 'steps') parts.push('items[0]');
    else if (part === 'parallel') {
      parts.push(`branches[${step.path[++index]}]`);
      if (index === step.path.length - 1) parts.push('0');
    } else parts.push(String(part));
  }
  return parts.join('.');
}
