import { describe, expect, it } from 'vitest';
import { diffRows } from '@/features/plans/document/diff';
import { drawPlan, viewportAfter, viewportOf } from '@/features/plans/document/layout';
import { allSteps, readPlan, stepAt, stepOfPath } from '@/features/plans/document/model';
import { executionPath, referredTo } from '@/features/plans/document/references';
import { renameStep } from '@/features/plans/document/rename';
import { transferItem, valueAt } from '@/features/plans/document/edit';
import { diagnosticsOf } from '@/features/plans/editor/diagnostics';
import { diffSentences } from '@/features/plans/versions/diff-words';

const text = `name: site
steps:
  - id: feed     # first
    use: http.get
    with: { url: "\${input.site}" }
  - id: pages
    each: \${steps.feed.output.items}
    steps:
      # About one page
      - { id: text, use: logic.transform, with: { value: "\${steps.feed.output.title} \${item}" } }
  - parallel:
      - { id: a, use: x.y }
      - - { id: b, use: x.y }
on_failure:
  - { use: x.y }
`;

describe('a graph beside a form', () => {
  it('keeps its middle, and what is chosen in sight', () => {
    expect(viewportAfter({ x: 100, y: 20, zoom: 1 }, 600, 400, undefined)).toEqual({ x: 0, y: 20, zoom: 1 });
    expect(viewportAfter({ x: 100, y: 20, zoom: 1 }, 600, 400, { x: 150, width: 200 })).toEqual({ x: 0, y: 20, zoom: 1 });
    expect(viewportAfter({ x: 100, y: 20, zoom: 1 }, 600, 400, { x: 300, width: 200 }).x).toBe(-112);
    expect(viewportAfter({ x: 100, y: 20, zoom: 0.5 }, 600, 400, { x: -40, width: 200 }).x).toBe(32);
    expect(viewportAfter({ x: 0, y: 20, zoom: 1 }, 600, 300, { x: 200, width: 500 }).x).toBe(-188);
  });
});

describe('a plan as a document', () => {
  const model = readPlan(text);

  it('knows which step stands where', () => {
    expect(stepAt(model, text.indexOf('item}'))?.id).toBe('text');
    expect(stepAt(model, text.indexOf('name: site'))).toBeNull();
    expect(stepOfPath(model, 'steps[1].steps[0].with.value')?.id).toBe('text');
    expect(stepOfPath(model, 'inputs.site')).toBeNull();
  });

  it('knows what executions call a step', () => {
    expect(allSteps(model).map(executionPath)).toEqual(['0', '1', '1.items[0].0', '2', '2.branches[0].0', '2.branches[1].0', 'on_failure.0']);
  });

  it('renames a step wherever it is referred to, and keeps the rest', () => {
    const renamed = renameStep(text, allSteps(model)[0]!, 'news');

    expect(renamed).toBe(text.replace('id: feed', 'id: news').replaceAll('steps.feed.', 'steps.news.'));
    expect(renameStep('steps:\n  - { id: a, use: x.y }\n  - { id: b, use: x.y, needs: [a] }\n', allSteps(readPlan('steps:\n  - { id: a, use: x.y }\n'))[0]!, 'c')).toContain('needs: [c]');
  });

  it('moves a step into another list, as it is written', () => {
    const moved = transferItem(text, ['steps', 1, 'steps', 0], ['steps'], 0);

    expect(moved).toContain('steps:\n  # About one page\n  - { id: text');
    expect((valueAt(moved, ['steps']) as { id?: string }[]).map(step => step.id)).toEqual(['text', 'feed', 'pages', undefined]);
    expect(valueAt(moved, ['steps', 2, 'steps'])).toEqual([]);
    expect(transferItem(text, ['steps', 1], ['steps', 1, 'steps'], 0)).toBe(text);
  });

  it('tells what a step refers to', () => {
    const { steps, inputs } = referredTo('{"a":"${steps.feed.output} ${input.site ?? steps.b.message}"}');

    expect([...steps, ...inputs]).toEqual(['feed', 'b', 'site']);
  });

  it('draws a graph by what its steps need', () => {
    const graph = drawPlan(readPlan('steps:\n  - { id: a, use: x.y }\n  - { id: b, use: x.y }\n  - { id: c, use: x.y, needs: [a, b] }\n'));
    const y = (key: string) => graph.boxes.find(box => box.id === key)!.y;

    expect(y('steps[0]')).toBe(y('steps[1]'));
    expect(y('steps[2]')).toBeGreaterThan(y('steps[0]'));
    expect(graph.lines.map(line => line.id)).toEqual(expect.arrayContaining(['begin>steps[0]', 'begin>steps[1]', 'steps[0]>steps[2]', 'steps[1]>steps[2]']));
    expect(drawPlan(readPlan('steps:\n  - { id: a, use: x.y, needs: [b] }\n  - { id: b, use: x.y, needs: [a] }\n')).boxes.filter(box => box.kind === 'step')).toHaveLength(2);
    expect(viewportOf(graph, 2_000).zoom).toBe(1);
  });

  it('is drawn as far as it can be read', () => {
    const half = readPlan('name: x\nsteps:\n  - use: a.b\n    with: { x: [\n');

    expect(half.broken).not.toBeNull();
    expect(half.steps.steps[0]?.use).toBe('a.b');
    expect(drawPlan(readPlan('')).boxes.map(box => box.kind)).toEqual(['begin', 'slot']);
    for (const odd of ['steps: 5', 'steps:\n  - 5\n  - [a]\n  -', '- a', 'steps: { a: b }', 'steps:\n - if: x\n   then: 5\n - parallel: 3\n - try:', '"']) expect(() => drawPlan(readPlan(odd))).not.toThrow();
  });

  it('marks the word that a finding is about', () => {
    const [mark] = diagnosticsOf(text, [{ path: 'steps[0].use', line: 4, column: 10, message: 'no' }]);

    expect(text.slice(mark!.from, mark!.to)).toBe('http.get');
    expect(diagnosticsOf('a', [{ path: '', line: 9, column: 9, message: 'no' }])[0]).toMatchObject({ from: 1, to: 1 });
  });
});

describe('two versions', () => {
  it('stand beside each other line by line', () => {
    const rows = diffRows('a\nb\nc\nd\n', 'a\nx\nc\nd\ne\n');

    expect(rows.map(row => [row.before?.text ?? null, row.after?.text ?? null, row.same])).toEqual([['a', 'a', true], ['b', 'x', false], ['c', 'c', true], ['d', 'd', true], [null, 'e', false]]);
    expect(rows.at(-1)!.after!.number).toBe(5);
    expect(diffRows('a\n', 'a\n').every(row => row.same)).toBe(true);
    expect(diffRows('', 'a\n')).toEqual([{ before: null, after: { number: 1, text: 'a' }, same: false }]);
  });

  it('are told apart in words', () => {
    expect(diffSentences({ members: ['on'], steps: [{ step: 'feed', change: 'changed', members: ['with', 'retry'] }, { step: 'b', change: 'added', members: [] }] }))
      .toEqual(['Step feed has another with and retry.', 'Step b was added.', 'Besides the steps: on.']);
    expect(diffSentences({ members: [], steps: [] })).toEqual(['Only how it is written differs.']);
  });
});
