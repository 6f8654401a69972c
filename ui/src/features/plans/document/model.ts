import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { keyText, memberOf, nodeAt, pathText, readDocument, valueOf, type DocumentPath } from './yaml-document';

export type StepKind = 'action' | 'if' | 'each' | 'parallel' | 'wait' | 'try' | 'approve' | 'call' | 'stop' | 'unknown';

/** One step of the plan's text. */
export interface PlanStep {
  path: DocumentPath;
  /** The path as the hub names it: "steps[2].then[0]". */
  key: string;
  kind: StepKind;
  id: string | null;
  /** "provider.action"; empty for control steps. */
  use: string;
  title: string;
  /** What it is about, in one line. */
  detail: string;
  needs: string[];
  lists: StepList[];
  /** Where it stands in the text. */
  from: number;
  to: number;
}

/** Steps that belong together: the plan's own, or a branch of a control step. */
export interface StepList {
  /** Of the list itself; for a branch that is one step, of that step. */
  path: DocumentPath;
  label: string;
  steps: PlanStep[];
  /** Its steps say what they need, instead of following each other. */
  isGraph: boolean;
  /** A branch of 'parallel' that is one step and no list. */
  isSingle: boolean;
}

export interface PlanInput {
  name: string;
  type: string;
  required: boolean;
  default: unknown;
  description: string | null;
}

export interface PlanTriggerText {
  kind: string;
  text: string;
}

export interface PlanModel {
  name: string | null;
  description: string | null;
  inputs: PlanInput[];
  triggers: PlanTriggerText[];
  steps: StepList;
  onFailure: StepList | null;
  /** The text cannot be read as YAML from here on; null when it can. */
  broken: { at: number; message: string } | null;
}

const controls = ['if', 'each', 'parallel', 'wait', 'try', 'approve', 'call', 'stop'] as const;

/** What a plan's text says, as far as it can be read. */
export function readPlan(text: string): PlanModel {
  const document = readDocument(text);
  const root = document.contents;
  const failed = document.errors[0];
  return {
    name: textOf(memberOf(root, 'name')),
    description: textOf(memberOf(root, 'description')),
    inputs: inputsOf(document),
    triggers: triggersOf(document),
    steps: listOf(document, ['steps'], ''),
    onFailure: memberOf(root, 'on_failure') === null ? null : listOf(document, ['on_failure'], 'When it fails'),
    broken: failed === undefined ? null : { at: failed.pos[0], message: failed.message },
  };
}

/** All steps, those within others behind them, in the order of the text. */
export const allSteps = (model: PlanModel): PlanStep[] => [...withInner(model.steps), ...(model.onFailure === null ? [] : withInner(model.onFailure))];

const withInner = (list: StepList): PlanStep[] => list.steps.flatMap(step => [step, ...step.lists.flatMap(withInner)]);

/** The innermost step whose text holds this place. */
export function stepAt(model: PlanModel, offset: number): PlanStep | null {
  return allSteps(model).filter(step => step.from <= offset && offset <= step.to).at(-1) ?? null;
}

/** The step that a place is in, or is: "steps[0].with.url" is in "steps[0]". */
export function stepOfPath(model: PlanModel, path: string): PlanStep | null {
  return allSteps(model).filter(step => path === step.key || path.startsWith(`${step.key}.`) || path.startsWith(`${step.key}[`)).at(-1) ?? null;
}

function listOf(document: Document.Parsed, path: DocumentPath, label: string): StepList {
  const node = nodeAt(document, path);
  const steps = isSeq(node) ? node.items.map((item, index) => stepOf(document, item as Node | null, [...path, index])) : [];
  return { path, label, steps, isGraph: steps.some(step => step.needs.length > 0), isSingle: false };
}

function stepOf(document: Document.Parsed, node: Node | null, path: DocumentPath): PlanStep {
  const values = (isMap(node) ? valueOf(document, node) as Record<string, unknown> : {});
  const kind = controls.find(name => name in values) ?? ('use' in values || 'provider' in values ? 'action' : 'unknown');
  const use = 'use' in values ? word(values.use) : 'provider' in values ? `${word(values.provider)}.${word(values.action)}` : '';
  const id = typeof values.id === 'string' ? values.id : null;
  return {
    path, key: pathText(path), kind, id, use,
    title: id ?? titleOf(kind, use, values),
    detail: detailOf(kind, use, id, values),
    needs: Array.isArray(values.needs) ? values.needs.map(word) : typeof values.needs === 'string' ? [values.needs] : [],
    lists: listsOf(document, kind, values, path),
    from: node?.range?.[0] ?? 0, to: node?.range?.[1] ?? 0,
  };
}

function listsOf(document: Document.Parsed, kind: StepKind, values: Record<string, unknown>, path: DocumentPath): StepList[] {
  const optional = (name: string, label: string) => (name in values ? [listOf(document, [...path, name], label)] : []);
  switch (kind) {
    case 'if': return [listOf(document, [...path, 'then'], 'then'), ...optional('else', 'else')];
    case 'each': return [listOf(document, [...path, 'steps'], '')];
    case 'try': return [listOf(document, [...path, 'try'], 'try'), ...optional('catch', 'catch'), ...optional('finally', 'finally')];
    case 'parallel': return branchesOf(document, [...path, 'parallel']);
    default: return [];
  }
}

function branchesOf(document: Document.Parsed, path: DocumentPath): StepList[] {
  const node = nodeAt(document, path);
  if (!isSeq(node)) return [];
  return node.items.map((item, index) => {
    const branch = [...path, index];
    if (isSeq(item)) return listOf(document, branch, '');
    return { path: branch, label: '', steps: [stepOf(document, item as Node | null, branch)], isGraph: false, isSingle: true };
  });
}

function titleOf(kind: StepKind, use: string, values: Record<string, unknown>): string {
  switch (kind) {
    case 'action': return use;
    case 'if': return `If ${bare(values.if)}`;
    case 'each': return `For each of ${bare(values.each)}`;
    case 'parallel': return 'Side by side';
    case 'wait': return 'Wait';
    case 'try': return 'Try';
    case 'approve': return 'Ask a person';
    case 'call': return 'Call a plan';
    case 'stop': return 'Stop';
    default: return 'A step to be';
  }
}

function detailOf(kind: StepKind, use: string, id: string | null, values: Record<string, unknown>): string {
  switch (kind) {
    case 'action': return (id === null ? '' : use) || firstOf(values.with ?? values.params);
    case 'if': return id === null ? '' : `if ${bare(values.if)}`;
    case 'each': return [id === null ? '' : `each of ${bare(values.each)}`, values.parallel == null ? 'one after the other' : `${word(values.parallel)} at once`].filter(Boolean).join(', ');
    case 'wait': return isRecord(values.wait) ? `for ${word(values.wait.event)}` : word(values.wait);
    case 'approve': return isRecord(values.approve) ? word(values.approve.ask) : word(values.approve);
    case 'call': return isRecord(values.call) ? word(values.call.plan) : word(values.call);
    case 'stop': return isRecord(values.stop) ? [values.stop.status, values.stop.message].filter(each => each != null).map(word).join(': ') : word(values.stop);
    default: return '';
  }
}

/** The first thing that its parameters say: often what the step is about. */
function firstOf(parameters: unknown): string {
  if (!isRecord(parameters)) return '';
  const first = Object.values(parameters).find(value => typeof value === 'string' || typeof value === 'number');
  return first === undefined ? '' : word(first);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const word = (value: unknown): string => (typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value));

const bare = (value: unknown): string => word(value).replace(/^\$\{(.*)\}$/s, '$1').trim();

function inputsOf(document: Document.Parsed): PlanInput[] {
  const inputs = nodeAt(document, ['inputs']);
  if (!isMap(inputs)) return [];
  return Object.entries(valueOf(document, inputs) as Record<string, unknown>).map(([name, given]) => {
    if (!isRecord(given)) return { name, type: word(given) || 'any', required: true, default: undefined, description: null };
    const hasDefault = 'default' in given;
    return { name, type: word(given.type) || 'any', required: given.required === undefined ? !hasDefault : given.required === true, default: given.default, description: typeof given.description === 'string' ? given.description : null };
  });
}

function triggersOf(document: Document.Parsed): PlanTriggerText[] {
  const on = nodeAt(document, ['on']);
  if (!isSeq(on)) return [];
  return on.items.flatMap(item => {
    if (!isMap(item)) return [];
    const values = valueOf(document, item) as Record<string, unknown>;
    const kind = ['schedule', 'webhook', 'files', 's3_events', 'execution'].find(name => name in values);
    return kind === undefined ? [] : [{ kind, text: triggerText(kind, values[kind]) }];
  });
}

function triggerText(kind: string, settings: unknown): string {
  if (!isRecord(settings)) return word(settings);
  switch (kind) {
    case 'schedule': return `${settings.every === undefined ? word(settings.cron) : `every ${word(settings.every)}`}${settings.zone === undefined ? '' : ` (${word(settings.zone)})`}`;
    case 'webhook': return `${word(settings.verb) || 'POST'} ${word(settings.path)}`;
    case 'files': return `${word(settings.endpoint)} ${word(settings.match)}`.trim();
    case 'execution': return word(settings.plan);
    default: return word(settings.endpoint);
  }
}

function textOf(node: Node | null): string | null {
  return isScalar(node) && node.value !== null ? keyText(node) : null;
}
