import type { PlanModel, PlanStep, StepList } from './model';
import { pathText, type DocumentPath } from './yaml-document';

/** Something drawn: a step, a frame around steps, the beginning, or a place where a step can be put. */
export interface Box {
  id: string;
  kind: 'begin' | 'step' | 'frame' | 'slot' | 'label';
  x: number;
  y: number;
  width: number;
  height: number;
  depth: number;
  step?: PlanStep;
  label?: string;
  /** Of a slot: where a step would stand. */
  insert?: { list: DocumentPath; index: number };
}

export interface Line {
  id: string;
  from: string;
  to: string;
}

export interface Drawing {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

export const size = { step: { width: 236, height: 58 }, head: 58, gap: 34, slot: 22, pad: 18, between: 20, label: 24, begin: 46 } as const;

interface Part {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
  /** What the line from above ends at, and the line below begins at; empty when there is nothing. */
  first: string[];
  last: string[];
}

/** The plan as boxes and lines from top to bottom; what belongs to a control step stands within its frame. */
export function drawPlan(model: PlanModel): Drawing {
  const main = drawList(model.steps, 0);
  const failure = model.onFailure === null ? null : framed(`frame:${pathText(model.onFailure.path)}`, 'When it fails', drawList(model.onFailure, 1));
  const width = Math.max(main.width, size.step.width);
  const begin: Box = { id: 'begin', kind: 'begin', x: (width - size.step.width) / 2, y: 0, width: size.step.width, height: size.begin, depth: 0 };
  const top = size.begin + size.gap;
  const placed = moved(main, (width - main.width) / 2, top);
  const before = model.steps.steps.length === 0 || model.steps.isGraph ? [] : [slotOf(model.steps, 0, width / 2, size.begin + (size.gap - size.slot) / 2, 0)];
  const beside = failure === null ? null : moved(failure, width + size.between * 2, top);
  return {
    boxes: [begin, ...before, ...placed.boxes, ...(beside?.boxes ?? [])],
    lines: [...main.first.map(id => ({ id: `begin>${id}`, from: 'begin', to: id })), ...main.lines, ...(failure?.lines ?? [])],
    width: beside === null ? width : width + size.between * 2 + failure!.width,
    height: top + Math.max(main.height, failure?.height ?? 0),
  };
}

/** Where one begins to look: as large as can be read, at the top, with the beginning in the middle when not all of it fits. */
export function viewportOf({ boxes, width }: Drawing, available: number): { x: number; y: number; zoom: number } {
  const zoom = Math.min(1, Math.max(0.7, (available - 48) / width));
  const begin = boxes.find(box => box.kind === 'begin');
  const fits = width * zoom <= available - 24;
  return { x: fits || begin === undefined ? (available - width * zoom) / 2 : available / 2 - (begin.x + begin.width / 2) * zoom, y: 20, zoom };
}

// What is chosen keeps this distance from the edges.
const margin = 12;

/** Where one looks after the pane became wider or narrower: at the same middle, or so far beside it that what is chosen is in sight. */
export function viewportAfter(viewport: { x: number; y: number; zoom: number }, before: number, now: number, chosen: Pick<Box, 'x' | 'width'> | undefined): { x: number; y: number; zoom: number } {
  const x = viewport.x + (now - before) / 2;
  if (chosen === undefined) return { ...viewport, x };
  const left = chosen.x * viewport.zoom + x;
  const right = left + chosen.width * viewport.zoom;
  return { ...viewport, x: left < margin ? x + margin - left : right > now - margin ? x - Math.min(right - now + margin, left - margin) : x };
}

function drawList(list: StepList, depth: number): Part {
  if (list.isSingle) return drawStep(list.steps[0]!, depth);
  return list.isGraph ? drawGraph(list, depth) : drawSequence(list, depth);
}

const slotOf = (list: Pick<StepList, 'path'>, index: number, x: number, y: number, depth: number): Box =>
  ({ id: `slot:${pathText(list.path)}:${index}`, kind: 'slot', x: x - size.slot / 2, y, width: size.slot, height: size.slot, depth, insert: { list: list.path, index } });

function drawSequence(list: StepList, depth: number): Part {
  const parts = list.steps.map(step => drawStep(step, depth));
  const width = Math.max(size.step.width, ...parts.map(part => part.width));
  const boxes: Box[] = [];
  const lines: Line[] = [];
  let y = 0;
  parts.forEach((part, index) => {
    if (index > 0) {
      boxes.push(slotOf(list, index, width / 2, y - size.gap + (size.gap - size.slot) / 2, depth));
      for (const from of parts[index - 1]!.last) for (const to of part.first) lines.push({ id: `${from}>${to}`, from, to });
    }
    const placed = moved(part, (width - part.width) / 2, y);
    boxes.push(...placed.boxes);
    lines.push(...placed.lines);
    y += part.height + size.gap;
  });
  const end = Math.max(0, y - size.gap) + (parts.length === 0 ? 0 : 8);
  boxes.push(slotOf(list, parts.length, width / 2, end, depth));
  return { boxes, lines, width, height: end + size.slot, first: parts[0]?.first ?? [], last: parts.at(-1)?.last ?? [] };
}

/** Steps that need each other: each as far down as the longest way to it. */
function drawGraph(list: StepList, depth: number): Part {
  const layers: PlanStep[][] = [];
  for (const step of list.steps) (layers[layerOf(step, list, new Set())] ??= []).push(step);
  const rows = layers.filter(row => row !== undefined).map(row => row.map(step => drawStep(step, depth)));
  const widths = rows.map(row => row.reduce((sum, part) => sum + part.width, (row.length - 1) * size.between));
  const width = Math.max(size.step.width, ...widths);
  const boxes: Box[] = [];
  const lines: Line[] = [];
  let y = 0;
  rows.forEach((row, index) => {
    let x = (width - widths[index]!) / 2;
    for (const part of row) {
      const placed = moved(part, x, y);
      boxes.push(...placed.boxes);
      lines.push(...placed.lines);
      x += part.width + size.between;
    }
    y += Math.max(...row.map(part => part.height)) + size.gap;
  });
  const ids = new Map(list.steps.filter(step => step.id !== null).map(step => [step.id!, step.key]));
  for (const step of list.steps) for (const need of step.needs) if (ids.has(need)) lines.push({ id: `${ids.get(need)!}>${step.key}`, from: ids.get(need)!, to: step.key });
  const end = Math.max(0, y - size.gap) + 8;
  boxes.push(slotOf(list, list.steps.length, width / 2, end, depth));
  const needed = new Set(list.steps.flatMap(step => step.needs));
  return {
    boxes, lines, width, height: end + size.slot,
    first: list.steps.filter(step => step.needs.length === 0).map(step => step.key),
    last: list.steps.filter(step => step.id === null || !needed.has(step.id)).map(step => step.key),
  };
}

/** A circle of needs is an error of the plan, and is drawn all the same. */
function layerOf(step: PlanStep, list: StepList, seen: Set<string>): number {
  if (seen.has(step.key)) return 0;
  const below = new Set([...seen, step.key]);
  return Math.max(0, ...step.needs.flatMap(need => list.steps.filter(other => other.id === need).map(other => layerOf(other, list, below) + 1)));
}

function drawStep(step: PlanStep, depth: number): Part {
  if (!['if', 'each', 'parallel', 'try'].includes(step.kind)) {
    return { boxes: [{ id: step.key, kind: 'step', x: 0, y: 0, ...size.step, depth, step }], lines: [], ...size.step, first: [step.key], last: [step.key] };
  }
  const columns = step.lists.map(list => labelled(list, drawList(list, depth + 1), depth + 1));
  const inner = columns.reduce((sum, part) => sum + part.width, Math.max(0, columns.length - 1) * size.between);
  const adds = step.kind === 'parallel' ? size.slot + size.between : 0;
  const width = Math.max(size.step.width, inner + adds) + size.pad * 2;
  const height = size.head + Math.max(size.slot, ...columns.map(part => part.height)) + size.pad;
  const boxes: Box[] = [{ id: step.key, kind: 'frame', x: 0, y: 0, width, height, depth, step }];
  const lines: Line[] = [];
  let x = (width - inner - adds) / 2;
  for (const part of columns) {
    const placed = moved(part, x, size.head);
    boxes.push(...placed.boxes);
    lines.push(...placed.lines);
    x += part.width + size.between;
  }
  if (step.kind === 'parallel') {
    boxes.push(slotOf({ path: [...step.path, 'parallel'] }, step.lists.length, x + size.slot / 2, size.head + (size.step.height - size.slot) / 2, depth + 1));
  }
  return { boxes, lines, width, height, first: [step.key], last: [step.key] };
}

function labelled(list: StepList, part: Part, depth: number): Part {
  if (list.label === '') return part;
  const label: Box = { id: `label:${pathText(list.path)}`, kind: 'label', x: 0, y: 0, width: part.width, height: size.label, depth, label: list.label };
  const placed = moved(part, 0, size.label + 4);
  return { ...placed, boxes: [label, ...placed.boxes], height: part.height + size.label + 4 };
}

function framed(id: string, label: string, part: Part): Part {
  const [width, height] = [part.width + size.pad * 2, part.height + size.label + size.pad * 2];
  const placed = moved(part, size.pad, size.label + size.pad);
  return { ...placed, boxes: [{ id, kind: 'frame', x: 0, y: 0, width, height, depth: 0, label }, ...placed.boxes], width, height };
}

const moved = (part: Part, x: number, y: number): Part => ({ ...part, boxes: part.boxes.map(box => ({ ...box, x: box.x + x, y: box.y + y })) });
