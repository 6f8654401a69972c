import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Action, ProviderSummary } from '@/api/providers';
import { typingAt, type Typing } from '../document/complete';
import { allSteps, readPlan, type PlanModel } from '../document/model';
import { referencesFor, type KnownOutputs } from '../document/references';
import { pathText, type DocumentPath } from '../document/yaml-document';
import { valueAt } from '../document/edit';
import { exampleText } from '../step/reference-text';
import { functionWords, inputWords, memberWords, planWords, stepWords, triggerWords, valueWords, type Word } from './plan-words';

/** What completion asks the hub for. */
export interface CompletionKnowledge {
  providers: () => Promise<readonly ProviderSummary[]>;
  actions: (provider: string) => Promise<readonly Action[]>;
  plans: () => Promise<readonly string[]>;
  credentials: () => Promise<readonly string[]>;
  outputs: KnownOutputs;
}

/** What may stand where somebody types: members, actions, parameters, choices and references. */
export async function completionsFor(context: CompletionContext, know: CompletionKnowledge): Promise<CompletionResult | null> {
  const text = context.state.doc.toString();
  const typing = typingAt(text, context.pos);
  if (typing === null) return null;
  if (!context.explicit && typing.text === '' && typing.kind !== 'reference' && !/[:] $/.test(text.slice(context.pos - 2, context.pos))) return null;
  const options = await optionsFor(typing, text, know);
  return options.length === 0 ? null : { from: typing.from, options, validFor: typing.kind === 'reference' ? /^[\w.[\]:"-]*$/ : /^[\w.@-]*$/ };
}

/** The same without an editor. */
export async function optionsFor(typing: Typing, text: string, know: CompletionKnowledge): Promise<Completion[]> {
  if (typing.kind === 'reference') return referenceOptions(typing, readPlan(text), know);
  return typing.kind === 'key' ? keyOptions(typing, text, know) : valueOptions(typing, text, know);
}

async function referenceOptions(typing: Typing, model: PlanModel, know: CompletionKnowledge): Promise<Completion[]> {
  const place = pathText(typing.path);
  const step = allSteps(model).filter(each => place === each.key || place.startsWith(`${each.key}.`)).at(-1) ?? null;
  const credentials = typing.text.startsWith('cred') ? (await know.credentials()).map(name => ({ label: `cred:${name}`, detail: 'a credential' })) : [{ label: 'cred:', detail: 'a secret', boost: -50 }];
  return [
    ...referencesFor(model, step, know.outputs).map((reference, index) => ({ label: reference.text, detail: reference.example === undefined ? reference.about : exampleText(reference.example).slice(0, 40), boost: 50 - Math.min(index, 90) })),
    ...functionWords.map(name => ({ label: name, detail: 'a function', apply: `${name}(`, boost: -60 })),
    ...credentials,
  ];
}

async function keyOptions(typing: Typing & { kind: 'key' }, text: string, know: CompletionKnowledge): Promise<Completion[]> {
  const action = await actionAt(typing.path, text, know);
  if (action !== null) {
    return action.parameters.filter(parameter => !typing.siblings.includes(parameter.name)).map(parameter => ({
      label: parameter.name, detail: parameter.required ? 'needed' : parameter.type, info: parameter.help, apply: `${parameter.name}: `, boost: parameter.required ? 20 : 0,
    }));
  }
  return wordsAt(typing.path, typing.siblings).filter(each => !typing.siblings.includes(each.label)).map(each => ({ label: each.label, detail: each.detail, apply: each.block === true && !typing.isFlow ? `${each.label}:` : `${each.label}: ` }));
}

function wordsAt(path: DocumentPath, siblings: readonly string[]): readonly Word[] {
  if (path.length === 0) return planWords;
  const last = path.at(-1)!;
  if (isStep(path)) return stepWords(siblings);
  if (path[0] === 'on' && typeof last === 'number') return triggerWords;
  if (path[0] === 'inputs') return path.length === 2 ? inputWords : [];
  return typeof last === 'string' ? memberWords[last] ?? [] : [];
}

const lists: readonly (string | number)[] = ['steps', 'then', 'else', 'try', 'catch', 'finally', 'on_failure', 'parallel'];

/** It stands in a list of steps, or in a branch of such. */
const isStep = (path: DocumentPath): boolean =>
  typeof path.at(-1) === 'number' && (lists.includes(path.at(-2)!) || (typeof path.at(-2) === 'number' && path.at(-3) === 'parallel'));

/** The action whose parameters stand at this place; null when it is another one. */
async function actionAt(path: DocumentPath, text: string, know: CompletionKnowledge): Promise<Action | null> {
  const last = path.at(-1);
  if ((last !== 'with' && last !== 'params') || !isStep(path.slice(0, -1))) return null;
  // What is typed has made the text one that may not be read whole; the step's own name stands before it.
  const step = valueAt(text, path.slice(0, -1)) as { use?: unknown; provider?: unknown; action?: unknown } | undefined;
  const use = typeof step?.use === 'string' ? step.use : typeof step?.provider === 'string' && typeof step.action === 'string' ? `${step.provider}.${step.action}` : '';
  const [provider, name] = use.split('.', 2) as [string, string | undefined];
  if (provider === '' || name === undefined) return null;
  return (await know.actions(provider)).find(each => each.id === name) ?? null;
}

async function valueOptions(typing: Typing, text: string, know: CompletionKnowledge): Promise<Completion[]> {
  const last = typing.path.at(-1);
  if (last === 'use') return (await know.providers()).flatMap(provider => provider.actions.map(action => ({ label: `${provider.id}.${action}`, detail: provider.help })));
  if (last === 'plan' && (typing.path.at(-2) === 'call' || typing.path.at(-2) === 'execution')) return (await know.plans()).map(label => ({ label, detail: 'a plan' }));
  if (typing.path.at(-2) === 'needs') return neighbours(typing.path.slice(0, -2), text).map(label => ({ label, detail: 'a step' }));
  if (last === 'status' && typing.path.at(-2) === 'stop') return ['succeeded', 'failed', 'cancelled'].map(label => ({ label }));
  if (typing.path[0] === 'inputs' && typing.path.length === 2) return valueWords.type!.map(label => ({ label, detail: 'a type' }));
  const action = await actionAt(typing.path.slice(0, -1), text, know);
  const parameter = action?.parameters.find(each => each.name === last);
  if (parameter !== undefined) return (parameter.type === 'boolean' ? ['true', 'false'] : parameter.choices).map(label => ({ label }));
  return typeof last === 'string' ? (valueWords[last] ?? []).map(label => ({ label })) : [];
}

function neighbours(step: DocumentPath, text: string): string[] {
  const list = valueAt(text, step.slice(0, -1));
  return Array.isArray(list) ? list.filter((_, index) => index !== step.at(-1)).flatMap(each => (typeof (each as { id?: unknown } | null)?.id === 'string' ? [(each as { id: string }).id] : [])) : [];
}
