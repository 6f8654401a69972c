import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { insertItem, moveItem, removeItem, setIn, valueAt } from '@/features/plans/document/edit';
import { allSteps, readPlan } from '@/features/plans/document/model';
import { drawPlan } from '@/features/plans/document/layout';
import { planTexts } from './plan-texts';

type Value = Record<string, unknown>;
const read = (text: string) => valueAt(text, []) as Value;
const commentsOf = (text: string) => text.split('\n').filter(line => /(^|\s)# /.test(line)).length;
const at = (value: unknown, path: readonly (string | number)[]) => path.reduce<unknown>((inner, part) => (inner as Value)[part as string], value);

describe.each(planTexts.map((text, index) => ({ text, name: `${index}: ${/name: *(.*)/.exec(text)?.[1] ?? text.slice(0, 30)}` })))('the plan $name', ({ text }) => {
  const model = readPlan(text);
  const steps = allSteps(model);

  it('is drawn: every step once, inside what it belongs to', () => {
    const drawing = drawPlan(model);
    const drawn = drawing.boxes.filter(box => box.step !== undefined);

    expect(model.broken).toBeNull();
    expect(drawn.map(box => box.id).sort()).toEqual(steps.map(step => step.key).sort());
    const places = new Map(drawing.boxes.map(box => [box.id, box]));
    for (const line of drawing.lines) expect(places.has(line.from) && places.has(line.to)).toBe(true);
    for (const box of drawing.boxes) expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= drawing.width + .01 && box.y + box.height <= drawing.height + .01).toBe(true);
  });

  it('takes a step at every place, and gives it back', () => {
    for (const { insert } of drawPlan(model).boxes.filter(box => box.insert !== undefined)) {
      const added = insertItem(text, insert!.list, insert!.index, { id: 'fresh', use: 'logic.transform', with: { value: 'a: {b}, "c"' } });
      const expected = read(text);
      let list = expected as unknown;
      for (const part of insert!.list) list = (list as Value)[part as string] ??= [];
      (list as unknown[]).splice(insert!.index, 0, { id: 'fresh', use: 'logic.transform', with: { value: 'a: {b}, "c"' } });

      expect(read(added)).toEqual(expected);
      expect(commentsOf(added)).toBe(commentsOf(text));
      expect(read(removeItem(added, [...insert!.list, insert!.index])).steps).toEqual(read(text).steps);
    }
  });

  it('loses a step, and nothing besides', () => {
    for (const step of steps) {
      const expected = read(text);
      const [list, index] = [step.path.slice(0, -1), step.path.at(-1) as number];
      (at(expected, list) as unknown[]).splice(index, 1);

      expect(read(removeItem(text, step.path))).toEqual(expected);
    }
  });

  it('has its steps in another order', () => {
    for (const step of steps.filter(each => (each.path.at(-1) as number) > 0)) {
      const [list, index] = [step.path.slice(0, -1), step.path.at(-1) as number];
      const expected = read(text);
      const items = at(expected, list) as unknown[];
      items.splice(index - 1, 0, items.splice(index, 1)[0]);
      const swapped = moveItem(text, list, index, index - 1);

      expect(read(swapped)).toEqual(expected);
      expect(commentsOf(swapped)).toBe(commentsOf(text));
      expect(read(moveItem(swapped, list, index - 1, index))).toEqual(read(text));
    }
  });

  it('takes parameters, fields and their removal', () => {
    for (const [number, step] of steps.entries()) {
      // Each step with some of them, so that all together see all.
      for (const value of ['plain', '${input.x}', 'a: b # c', 'two\nlines\n', 5, true, ['a', 'b: c'], { deep: { er: '- x' } }, {}, [], 'true', ''].filter((_, index) => (index + number + text.length) % 4 === 0)) {
        for (const path of [[...step.path, 'with', 'fresh'], [...step.path, 'timeout'], [...step.path, 'id']]) {
          const set = setIn(text, path, value);
          const expected = read(text);
          let inner = expected;
          for (const part of path.slice(0, -1)) inner = (inner[part as string] ??= {}) as Value;
          inner[path.at(-1) as string] = value;

          expect(read(set), set).toEqual(expected);
          delete inner[path.at(-1) as string];
          if (path.length === step.path.length + 2 && Object.keys(inner).length === 0) continue;
          expect(read(setIn(set, path, undefined)), set).toEqual(expected);
        }
      }
    }
  });

  it('stays as it is when nothing is changed', () => {
    for (const step of steps.filter(each => each.id !== null)) expect(setIn(text, [...step.path, 'id'], step.id)).toBe(text);
  });
});

describe('an edit', () => {
  const text = `# Who: the site team
name: tidy   # by hand

steps:
  # First of all
  - id: a            # the first
    use: http.get
    with:
      url: 'https://example.org/'   # quoted so

  # Then this
  - { id: b, use: logic.transform, with: { value: 1 } }
`;

  it('touches only the line that it is about', () => {
    expect(setIn(text, ['steps', 0, 'with', 'url'], 'https://example.com/')).toBe(text.replace('example.org', 'example.com'));
    expect(setIn(text, ['steps', 1, 'with', 'value'], 2)).toBe(text.replace('value: 1', 'value: 2'));
    expect(setIn(text, ['steps', 0, 'timeout'], '30s')).toBe(text.replace("# quoted so\n", "# quoted so\n    timeout: 30s\n"));
  });

  it('takes the comments above a step along', () => {
    expect(moveItem(text, ['steps'], 1, 0)).toBe(`# Who: the site team
name: tidy   # by hand

steps:
  # Then this
  - { id: b, use: logic.transform, with: { value: 1 } }
  # First of all
  - id: a            # the first
    use: http.get
    with:
      url: 'https://example.org/'   # quoted so

`);
  });

  it('begins a plan where there was nothing', () => {
    expect(read(insertItem('', ['steps'], 0, { use: 'http.get' }))).toEqual({ steps: [{ use: 'http.get' }] });
    expect(read(insertItem('name: x\nsteps:\n', ['steps'], 0, { use: 'http.get' }))).toEqual({ name: 'x', steps: [{ use: 'http.get' }] });
    expect(read(insertItem('name: x\nsteps: []\n', ['steps'], 0, { use: 'http.get' }))).toEqual({ name: 'x', steps: [{ use: 'http.get' }] });
    expect(read(insertItem('{"steps":[]}', ['steps'], 0, { use: 'http.get' }))).toEqual({ steps: [{ use: 'http.get' }] });
  });

  it('holds for what yaml itself writes', () => {
    for (const plan of planTexts) {
      const rewritten = stringify(read(plan));
      expect(read(removeItem(insertItem(rewritten, ['steps'], 0, { use: 'a.b' }), ['steps', 0]))).toEqual(read(plan));
    }
  });
});
