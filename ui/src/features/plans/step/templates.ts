import type { Action } from '@/api/providers';
import type { StepKind } from '../document/model';

export interface ControlStep {
  kind: Exclude<StepKind, 'action' | 'unknown'>;
  title: string;
  help: string;
  step: Record<string, unknown>;
}

/** Steps that decide what other steps do. */
export const controlSteps: readonly ControlStep[] = [
  { kind: 'if', title: 'If', help: 'Goes one way or the other.', step: { if: '${true}', then: [], else: [] } },
  { kind: 'each', title: 'For each', help: 'Does steps once for each item of a list.', step: { each: '${[]}', steps: [] } },
  { kind: 'parallel', title: 'Side by side', help: 'Does several things at once.', step: { parallel: [[], []] } },
  { kind: 'try', title: 'Try', help: 'Does something else when steps fail.', step: { try: [], catch: [] } },
  { kind: 'wait', title: 'Wait', help: 'Waits for a time, a date or an event.', step: { wait: '10m' } },
  { kind: 'approve', title: 'Ask a person', help: "Goes on when somebody says yes.", step: { approve: { ask: 'Go on?', by: ['editor'], within: '2d' } } },
  { kind: 'call', title: 'Call a plan', help: 'Runs another plan and takes its output.', step: { call: { plan: '' } } },
  { kind: 'stop', title: 'Stop', help: 'Ends the whole execution here.', step: { stop: { status: 'succeeded', message: '' } } },
];

/** A step of an action, with the parameters that it cannot do without. */
export function stepOfAction(action: Action): Record<string, unknown> {
  const required = action.parameters.filter(parameter => parameter.required && parameter.default == null);
  if (required.length === 0) return { use: action.use };
  return { use: action.use, with: Object.fromEntries(required.map(parameter => [parameter.name, parameter.choices[0] ?? emptyOf(parameter.type)])) };
}

function emptyOf(type: string): unknown {
  switch (type) {
    case 'boolean': return false;
    case 'integer':
    case 'number': return 0;
    case 'list': return [];
    case 'map': return {};
    default: return '';
  }
}

/** "get", then "get_2", …: a name that no step has yet. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z_]/, '_');
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
}
