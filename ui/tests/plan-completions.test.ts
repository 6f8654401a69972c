import { describe, expect, it } from 'vitest';
import type { Action } from '@/api/providers';
import { typingAt } from '@/features/plans/document/complete';
import { optionsFor, type CompletionKnowledge } from '@/features/plans/editor/completions';

const parameter = (name: string, more: Partial<Action['parameters'][number]> = {}): Action['parameters'][number] => ({ name, type: 'text', required: false, secret: false, default: null, choices: [], help: '', ...more });
const know: CompletionKnowledge = {
  providers: () => Promise.resolve([{ id: 'http', title: 'HTTP', help: '', category: '', own: false, actions: ['get', 'post'] }]),
  actions: provider => Promise.resolve(provider === 'http' ? [{ id: 'get', use: 'http.get', help: '', repeatable: true, parameters: [parameter('url', { required: true }), parameter('method', { choices: ['A', 'B'] }), parameter('follow', { type: 'boolean' })] }] : []),
  plans: () => Promise.resolve(['other']),
  credentials: () => Promise.resolve(['KEY']),
  outputs: step => (step.id === 'feed' ? { items: [{ title: 'One' }] } : undefined),
};

/** What is offered where the text has a |. */
async function offered(text: string): Promise<string[]> {
  const at = text.indexOf('|');
  const plain = text.slice(0, at) + text.slice(at + 1);
  const typing = typingAt(plain, at);
  return typing === null ? [] : (await optionsFor(typing, plain, know)).map(option => option.label);
}

describe('completion', () => {
  it('knows the actions', async () => {
    expect(await offered('steps:\n  - use: ht|')).toEqual(['http.get', 'http.post']);
    expect(await offered('steps:\n  - { id: a, use: ht| }')).toEqual(['http.get', 'http.post']);
    expect(await offered('steps:\n  - if: ${true}\n    then:\n      - use: |')).toEqual(['http.get', 'http.post']);
  });

  it('knows what an action takes, without what is given already', async () => {
    expect(await offered('steps:\n  - use: http.get\n    with:\n      url: x\n      m|\n')).toEqual(['method', 'follow']);
    expect(await offered('steps:\n  - use: http.get\n    with: { url: x, m| }\n')).toEqual(['method', 'follow']);
    expect(await offered('steps:\n  - parallel:\n      - - use: http.get\n          with:\n            u|\n')).toEqual(['url', 'method', 'follow']);
    expect(await offered('steps:\n  - provider: http\n    action: get\n    params:\n      u|\n')).toContain('url');
  });

  it('knows the choices', async () => {
    expect(await offered('steps:\n  - use: http.get\n    with:\n      method: |\n')).toEqual(['A', 'B']);
    expect(await offered('steps:\n  - use: http.get\n    with: { follow: | }\n')).toEqual(['true', 'false']);
    expect(await offered('inputs:\n  a: { type: | }\n')).toContain('duration');
  });

  it('knows what a step, a trigger and the plan itself may have', async () => {
    expect(await offered('na|')).toContain('name');
    expect(await offered('steps:\n  - us|')).toContain('use');
    expect(await offered('steps:\n  - use: http.get\n    |')).toEqual(expect.arrayContaining(['with', 'retry', 'timeout']));
    expect(await offered('steps:\n  - use: http.get\n    retry:\n      at|')).toContain('attempts');
    expect(await offered('on:\n  - sch|')).toContain('schedule');
    expect(await offered('on:\n  - schedule: { cr| }')).toContain('cron');
    expect(await offered('steps:\n  - { id: a, use: http.get }\n  - { id: b, use: http.get, needs: [|] }')).toEqual(['a']);
    expect(await offered('steps:\n  - call: { plan: o| }')).toEqual(['other']);
  });

  it('knows what can be referred to from here, and what it was the last time', async () => {
    const text = 'inputs: { site: string }\nsteps:\n  - { id: feed, use: http.get }\n  - { id: now_, use: http.get, with: { url: "${|}" } }\n  - { id: later, use: http.get }\n';
    const found = await offered(text);

    expect(found.slice(0, 4)).toEqual(['input.site', 'steps.feed.output', 'steps.feed.output.items', 'steps.feed.output.items[0]']);
    expect(found).toContain('steps.feed.output.items[0].title');
    expect(found.some(label => label.startsWith('steps.later') || label.startsWith('steps.now_'))).toBe(false);
    expect(await offered('steps:\n  - { id: feed, use: http.get }\n  - { use: http.get, with: { url: "${steps.fe|" } }\n')).toContain('steps.feed.output');
    expect(await offered('steps:\n  - use: http.get\n    with:\n      url: ${cred|}\n')).toEqual(expect.arrayContaining(['cred:KEY']));
  });

  it('offers the item within a loop and the error where a failure is handled', async () => {
    expect(await offered('steps:\n  - each: ${input.x}\n    steps:\n      - { use: http.get, with: { url: "${|}" } }\n')).toEqual(expect.arrayContaining(['item', 'index']));
    expect(await offered('steps: []\non_failure:\n  - { use: http.get, with: { url: "${|}" } }\n')).toContain('error.message');
  });

  it('says nothing within comments', async () => expect(await offered('steps:\n  # us|\n')).toEqual([]));
});
