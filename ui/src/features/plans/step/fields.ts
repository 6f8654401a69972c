import type { SettingDescription } from '@/components/form/settings';
import type { StepKind } from '../document/model';

type Kind = SettingDescription['type'];

const field = (name: string, type: Kind, help: string, more: Partial<SettingDescription> = {}): SettingDescription =>
  ({ name, type, help, required: false, secret: false, choices: [], ...more });

/** What every step takes besides what it does. */
export const commonFields: readonly SettingDescription[] = [
  field('timeout', 'duration', '30s, 5m, 2h: how long it may take.'),
  field('keep_going', 'boolean', 'When it fails, the steps after it run all the same.'),
];

export const actionFields: readonly SettingDescription[] = [
  field('timeout', 'duration', '30s, 5m, 2h: how long each attempt may take.'),
  field('repeatable', 'boolean', 'Doing it twice does no harm.'),
  field('keep_going', 'boolean', 'When it fails, the steps after it run all the same.'),
];

export const retryFields: readonly SettingDescription[] = [
  field('attempts', 'integer', 'How often at most.'),
  field('delay', 'duration', 'How long to wait before the second attempt.'),
  field('factor', 'number', 'By which each wait is longer than the one before.'),
  field('max', 'duration', 'The longest wait.'),
];

/** What a plan says of all its executions. */
export const planFields: readonly SettingDescription[] = [
  field('timeout', 'duration', '30s, 5m, 2h: how long an execution may take from its beginning, its waits included.', { label: 'Time limit' }),
];

export const budgetFields: readonly SettingDescription[] = [
  field('tokens', 'integer', 'So many tokens of AIs one execution may use. Then the step that asks fails; without it nothing bounds them.'),
  field('cost', 'number', 'The same by what vendors say that their answers cost, such as 2.50.'),
];

export const concurrencyFields: readonly SettingDescription[] = [
  field('limit', 'integer', 'At most so many executions with the same key run at once.'),
  field('key', 'text', 'What they have in common, such as ${input.site}. Without it all executions of the plan count together.'),
  field('when_full', 'text', 'What becomes of one more.', { choices: ['queue', 'skip', 'cancel_oldest'], default: 'queue' }),
];

interface ControlFields {
  /** Where the fields stand: in the step itself, or in the member of this name. */
  within: string | null;
  fields: readonly SettingDescription[];
}

/** What a control step takes. */
export const controlFields: Partial<Record<StepKind, ControlFields>> = {
  if: { within: null, fields: [field('if', 'text', 'A reference that is true or false.', { required: true })] },
  each: {
    within: null,
    fields: [
      field('each', 'text', 'A reference to a list; within the loop each item is ${item}.', { required: true }),
      field('parallel', 'integer', 'So many at once; one after the other when it is not given.'),
      field('max_failures', 'integer', 'So many items may fail.'),
    ],
  },
  wait: { within: null, fields: [field('wait', 'text', '10m, a time (2026-12-01T08:00:00Z), or a reference to either.', { required: true })] },
  approve: {
    within: 'approve',
    fields: [
      field('ask', 'text', 'What is asked.', { required: true }),
      field('by', 'list', 'Who may answer: roles, or users by their addresses.'),
      field('within', 'duration', 'How long there is to answer, such as 2d.'),
    ],
  },
  call: {
    within: 'call',
    fields: [
      field('plan', 'text', 'The name of the plan that is called.', { required: true }),
      field('with', 'map', 'What it is given, by the names of its inputs.'),
      field('wait', 'boolean', 'Waits for its end and takes its output.', { default: true }),
    ],
  },
  stop: {
    within: 'stop',
    fields: [
      field('status', 'text', 'How the execution ends.', { choices: ['succeeded', 'failed', 'cancelled'] }),
      field('message', 'text', 'Why.'),
      field('output', 'any', 'What the execution answers.'),
    ],
  },
};

/** Of a wait for an event. */
export const waitEventFields: ControlFields = {
  within: 'wait',
  fields: [field('event', 'text', 'The name of the event that somebody raises.', { required: true }), field('within', 'duration', 'How long at most, such as 2d.')],
};
