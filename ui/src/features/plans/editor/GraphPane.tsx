import '@xyflow/react/dist/base.css';
import { BaseEdge, Background, BackgroundVariant, Controls, getSmoothStepPath, Handle, Position, ReactFlow, type Edge, type EdgeProps, type Node, type NodeProps, type ReactFlowInstance } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { createContext, use, useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { Unseen } from '@/components/text/Unseen';
import { drawPlan, viewportAfter, viewportOf, type Box } from '../document/layout';
import type { PlanModel, PlanStep } from '../document/model';
import type { DocumentPath } from '../document/yaml-document';
import { StepIcon } from './StepIcon';
import classes from './GraphPane.module.css';

interface GraphContext {
  selected: string | null;
  /** How many things are wrong, by the step's key. */
  troubles: ReadonlyMap<string, number>;
  readOnly: boolean;
  begin: { title: string; detail: string };
  onSelect: (step: PlanStep | null) => void;
  onInsert: (list: DocumentPath, index: number) => void;
  onDrop: (key: string, list: DocumentPath, index: number) => void;
}

const Graph = createContext<GraphContext | null>(null);
const useGraph = () => use(Graph)!;

type BoxNode = Node<{ box: Box }>;

/** The plan as a graph, from top to bottom. It is made of the text, and every change of it is one of the text. */
export function GraphPane({ model, ...context }: GraphContext & { model: PlanModel }) {
  const place = useRef<HTMLDivElement>(null);
  const flow = useRef<ReactFlowInstance<BoxNode>>(null);
  const drawing = useMemo(() => drawPlan(model), [model]);
  const nodes = useMemo(() => drawing.boxes.map((box): BoxNode => ({
    id: box.id, type: box.kind, position: { x: box.x, y: box.y }, width: box.width, height: box.height, data: { box },
    zIndex: box.kind === 'frame' ? box.depth : 100 + box.depth, draggable: false, selectable: false, focusable: false,
  })), [drawing]);
  const edges = useMemo(() => drawing.lines.map((line): Edge => ({ id: line.id, source: line.from, target: line.to, type: 'line', zIndex: 50, focusable: false, selectable: false })), [drawing]);
  const fit = useEffectEvent((before: number, now: number) => {
    if (flow.current !== null) void flow.current.setViewport(viewportAfter(flow.current.getViewport(), before, now, drawing.boxes.find(box => box.id === context.selected)));
  });
  useEffect(() => {
    // The form of a step takes some of the width: what was in the middle stays there, and the step in sight.
    let width = place.current!.clientWidth;
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.round(entry!.contentRect.width);
      if (now > 0 && width > 0 && now !== width) fit(width, now);
      if (now > 0) width = now;
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <Graph value={context}>
      <div ref={place} className={classes.graph}>
        <ReactFlow
          nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} fitViewOptions={{ maxZoom: 1, padding: 0.1 }} minZoom={0.15}
          onInit={instance => { flow.current = instance; void instance.setViewport(viewportOf(drawing, place.current?.clientWidth ?? 600)); }} maxZoom={1.6}
          nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} nodesFocusable={false} edgesFocusable={false} panOnScroll zoomOnDoubleClick={false} proOptions={{ hideAttribution: true }}
          onPaneClick={() => context.onSelect(null)} aria-label="The plan as a graph" disableKeyboardA11y
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} className={classes.dots} />
          <Controls showInteractive={false} position="bottom-left" />
        </ReactFlow>
      </div>
    </Graph>
  );
}

const Ends = () => (
  <>
    <Handle type="target" position={Position.Top} isConnectable={false} className={classes.end} />
    <Handle type="source" position={Position.Bottom} isConnectable={false} className={classes.end} />
  </>
);

function StepNode({ data: { box } }: NodeProps<BoxNode>) {
  return <div className={classes.step} data-selected={useGraph().selected === box.id || undefined} data-trouble={useGraph().troubles.has(box.id) || undefined}><Ends /><Head step={box.step!} /></div>;
}

function FrameNode({ data: { box } }: NodeProps<BoxNode>) {
  const { selected, troubles } = useGraph();
  if (box.step === undefined) return <div className={classes.failure}><span className={classes.failureLabel}>{box.label}</span></div>;
  return <div className={classes.frame} data-selected={selected === box.id || undefined} data-trouble={troubles.has(box.id) || undefined}><Ends /><div className={classes.frameHead}><Head step={box.step} /></div></div>;
}

function Head({ step }: { step: PlanStep }) {
  const { selected, troubles, onSelect, readOnly } = useGraph();
  const count = troubles.get(step.key);
  return (
    <button
      type="button" className={`${classes.head} nopan`} aria-pressed={selected === step.key} onClick={() => onSelect(step)} data-kind={step.kind}
      draggable={!readOnly} onDragStart={event => { event.dataTransfer.setData('application/x-gantry-step', step.key); event.dataTransfer.effectAllowed = 'move'; }}
    >
      <span className={classes.icon}><StepIcon kind={step.kind} use={step.use} /></span>
      <Unseen>Step </Unseen>
      <span className={classes.words}><span className={classes.title} title={step.title}>{step.title}</span>{step.detail !== '' && <span className={classes.detail} title={step.detail}>{step.detail}</span>}</span>
      {count !== undefined && <span className={classes.count}>{count}<Unseen> wrong</Unseen></span>}
    </button>
  );
}

function BeginNode() {
  const { begin } = useGraph();
  return <div className={classes.begin}><Ends /><span className={classes.beginTitle} title={begin.title}>{begin.title}</span><span className={classes.detail} title={begin.detail}>{begin.detail}</span></div>;
}

function SlotNode({ data: { box } }: NodeProps<BoxNode>) {
  const { onInsert, onDrop, readOnly } = useGraph();
  const { list, index } = box.insert!;
  if (readOnly) return null;
  return (
    <button
      type="button" className={`${classes.slot} nopan`} aria-label="Add a step here" title="Add a step here" onClick={() => onInsert(list, index)}
      onDragOver={event => { event.preventDefault(); event.currentTarget.dataset.over = ''; }} onDragLeave={event => { delete event.currentTarget.dataset.over; }}
      onDrop={event => { delete event.currentTarget.dataset.over; event.preventDefault(); onDrop(event.dataTransfer.getData('application/x-gantry-step'), list, index); }}
    >
      <Plus size={13} aria-hidden="true" />
    </button>
  );
}

const LabelNode = ({ data: { box } }: NodeProps<BoxNode>) => <div className={classes.label} data-branch={box.label}>{box.label}</div>;

function LineEdge({ sourceX, sourceY, targetX, targetY }: EdgeProps) {
  const [path] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition: Position.Bottom, targetPosition: Position.Top, borderRadius: 10 });
  return <BaseEdge path={path} className={classes.line} />;
}

const nodeTypes = { begin: BeginNode, step: StepNode, frame: FrameNode, slot: SlotNode, label: LabelNode };
const edgeTypes = { line: LineEdge };
