/** The members that a plan's text may have, with what they mean: for completion. */
export interface Word {
  label: string;
  detail: string;
  /** What is put behind "name:"; a block begins on the next line. */
  block?: boolean;
}

const word = (label: string, detail: string, block = false): Word => ({ label, detail, block });

export const planWords: readonly Word[] = [
  word('name', 'the name it is saved under'), word('description', 'one sentence'), word('inputs', 'what it is started with', true), word('steps', 'what it does', true), word('on', 'what starts it by itself', true),
  word('on_failure', 'steps for when it failed', true), word('concurrency', 'how many may run at once', true), word('timeout', 'how long an execution may take'), word('notify', 'who is told how it ended', true),
];

const commonStep: readonly Word[] = [
  word('id', 'by which others refer to it'), word('needs', 'the steps that end before it begins'), word('timeout', '30s, 5m, 2h'), word('keep_going', 'when it fails, the steps after it run all the same'),
];

/** What begins a step. */
export const stepBeginnings: readonly Word[] = [
  word('use', 'an action: provider.action'), word('if', 'a reference that is true or false'), word('each', 'once for each item of a list'), word('parallel', 'steps beside each other', true),
  word('try', 'steps that may fail', true), word('wait', 'a time, a date or an event'), word('approve', 'asks a person', true), word('call', 'another plan', true), word('stop', 'ends the execution', true), word('id', 'by which others refer to it'),
];

/** What a step may have besides what it has. */
export function stepWords(has: readonly string[]): readonly Word[] {
  if (has.includes('use')) return [word('with', 'the parameters', true), word('retry', 'attempts, delay, factor, max, jitter', true), ...commonStep, word('repeatable', 'doing it twice does no harm')];
  if (has.includes('if')) return [word('then', 'steps for when it is true', true), word('else', 'steps for when it is not', true), ...commonStep];
  if (has.includes('each')) return [word('steps', 'what is done for each item', true), word('parallel', 'so many items at once'), word('max_failures', 'so many items may fail'), ...commonStep];
  if (has.includes('try')) return [word('catch', 'steps for when it fails', true), word('finally', 'steps in any case', true), ...commonStep];
  return ['parallel', 'wait', 'approve', 'call', 'stop'].some(each => has.includes(each)) ? commonStep : [...stepBeginnings, ...commonStep.slice(1)];
}

/** Of the maps below a step or the plan, by their names. */
export const memberWords: Readonly<Record<string, readonly Word[]>> = {
  retry: [word('attempts', 'how often at most'), word('delay', 'before the second attempt'), word('factor', 'each wait is so many times longer'), word('max', 'the longest wait'), word('jitter', 'true: waits differ a little')],
  concurrency: [word('key', 'executions with the same key count together'), word('limit', 'so many at once'), word('when_full', 'queue, skip or cancel_oldest')],
  approve: [word('ask', 'the question'), word('by', 'roles, or users by their addresses'), word('within', 'how long there is to answer')],
  call: [word('plan', 'its name'), word('with', 'its inputs', true), word('wait', 'false: does not wait for its end')],
  stop: [word('status', 'succeeded, failed or cancelled'), word('message', 'why'), word('output', 'what the execution answers')],
  wait: [word('event', 'its name'), word('within', 'how long at most')],
  schedule: [word('cron', 'minute hour day month weekday'), word('every', 'a span of time instead'), word('zone', 'Europe/Berlin'), word('missed', 'once, skip or all'), word('inputs', 'what it is started with', true), word('when', 'a reference that has to be true')],
  webhook: [word('path', 'where it is called'), word('secret', '${cred:NAME}'), word('scheme', 'how calls are signed'), word('reply', 'accepted or result'), word('open', 'true: everybody may call'), word('verb', 'POST if not given'), word('inputs', 'what it is started with', true), word('when', 'a reference that has to be true')],
  files: [word('endpoint', 'a saved endpoint, or an address'), word('match', 'which files'), word('exclude', 'which not'), word('settle', 'unchanged for so long'), word('batch', 'true: one execution for all'), word('expect', 'when something has to come', true), word('inputs', 'what it is started with', true)],
  s3_events: [word('endpoint', 'a saved endpoint'), word('queue', "the queue's address"), word('inputs', 'what it is started with', true)],
  execution: [word('plan', 'whose end it is'), word('status', 'succeeded, failed, cancelled or any'), word('inputs', 'what it is started with', true)],
  expect: [word('between', '02:00-04:00'), word('zone', 'Europe/Berlin'), word('days', 'mon-fri')],
};

export const triggerWords: readonly Word[] = [
  word('schedule', 'at times', true), word('webhook', 'when it is called', true), word('files', 'when files arrive', true), word('s3_events', 'what a bucket tells', true), word('execution', 'when another plan ended', true),
];

export const inputWords: readonly Word[] = [word('type', 'string, integer, number …'), word('default', 'when nothing is given'), word('required', 'true or false'), word('description', 'one sentence')];

/** Words that a member takes. */
export const valueWords: Readonly<Record<string, readonly string[]>> = {
  type: ['string', 'integer', 'number', 'boolean', 'list', 'map', 'duration', 'address', 'any'],
  when_full: ['queue', 'skip', 'cancel_oldest'], missed: ['once', 'skip', 'all'], reply: ['accepted', 'result'],
  scheme: ['standard', 'svix', 'stripe', 'github', 'slack', 'shopify', 'hmac', 'gitlab', 'token'],
  keep_going: ['true', 'false'], repeatable: ['true', 'false'], jitter: ['true', 'false'], batch: ['true', 'false'], open: ['true', 'false'],
};

export const functionWords: readonly string[] = ['length', 'upper', 'lower', 'trim', 'contains', 'split', 'join', 'map', 'filter', 'json', 'date', 'base64', 'hash'];
