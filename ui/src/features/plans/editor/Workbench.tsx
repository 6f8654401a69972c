import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import { planNamesQuery } from '@/api/plan-names';
import { providerQuery, providersQuery } from '@/api/providers';
import { Loading } from '@/components/page/Loading';
import { planCheckQuery } from '../api/check-plan';
import { latestOutputsQuery } from '../api/latest-outputs';
import { insertItem, moveItem, removeItem, setIn, transferItem, valueAt } from '../document/edit';
import { allSteps, readPlan, stepAt, stepOfPath, type PlanModel, type PlanStep } from '../document/model';
import { executionPath, referencesFor } from '../document/references';
import { renameStep } from '../document/rename';
import { pathFrom, pathText, type DocumentPath } from '../document/yaml-document';
import { AddStepModal } from '../step/AddStepModal';
import { PlanPanel } from '../step/PlanPanel';
import { StepPanel } from '../step/StepPanel';
import { freeId } from '../step/templates';
import { CodePane, type CodeHandle } from './CodePane';
import { beginOf, sentencesOf } from './begin';
import { completionsFor, type CompletionKnowledge } from './completions';
import { diagnosticsOf } from './diagnostics';
import { Problems } from './Problems';
import { Toolbar } from './Toolbar';
import type { View } from './views';
import classes from './Workbench.module.css';

const GraphPane = lazy(() => import('./GraphPane').then(module => ({ default: module.GraphPane })));

interface WorkbenchProps {
  /** The name it is known by; "" for one that is not saved yet. */
  plan: string;
  text: string;
  onChange: (text: string) => void;
  onSave: () => void;
  readOnly: boolean;
  view: View;
  onView: (view: View) => void;
  selected: string | undefined;
  onSelect: (key: string | undefined) => void;
}

const checkMilliseconds = 350;

/** Chosen in place of a step: the plan itself. */
const wholePlan = 'plan';

/** A plan as text and as graph, side by side: one document. */
export function Workbench({ plan, text, onChange, onSave, readOnly, view, onView, selected, onSelect }: WorkbenchProps) {
  const code = useRef<CodeHandle>(null);
  const client = useQueryClient();
  const [adding, setAdding] = useState<{ list: DocumentPath; index: number } | null>(null);
  const [here, setHere] = useState<string | null>(null);
  const shownText = useDeferredValue(text);
  const model = useMemo(() => readPlan(shownText), [shownText]);
  const [settled] = useDebouncedValue(text, checkMilliseconds);
  const check = useQuery(planCheckQuery(settled));
  const latest = useQuery({ ...latestOutputsQuery(plan), enabled: plan !== '' }).data;
  const findings = useMemo(() => check.data?.findings ?? [], [check.data]);
  const diagnostics = useMemo(() => ({ text: check.data?.text ?? '', items: check.data === undefined ? [] : diagnosticsOf(check.data.text, check.data.findings) }), [check.data]);
  const sentences = useMemo(() => sentencesOf(readPlan(check.data?.text ?? ''), check.data?.schedules ?? []), [check.data]);
  const troubles = useMemo(() => countsOf(model, findings.map(finding => finding.path)), [model, findings]);
  const step = selected === undefined ? null : allSteps(model).find(each => each.key === selected) ?? null;
  const isNarrow = useMediaQuery('(max-width: 900px)') === true;
  const shown = isNarrow && view === 'both' ? 'yaml' : view;
  const outputs = (each: PlanStep) => latest?.outputs.get(executionPath(each));
  const know: CompletionKnowledge = {
    outputs,
    providers: () => client.ensureQueryData(providersQuery),
    actions: async provider => (await client.ensureQueryData(providerQuery(provider)).catch(() => null))?.actions ?? [],
    plans: async () => (await client.ensureQueryData(planNamesQuery)).map(each => each.name!),
    credentials: () => client.ensureQueryData(credentialNamesQuery),
  };
  // A form that is open goes along with the caret; none opens by itself, and takes the place of what is written.
  const walkTo = (offset: number) => {
    const key = stepAt(model, offset)?.key ?? null;
    setHere(key);
    if (shown === 'both' && step !== null && key !== null) onSelect(key);
  };
  const edit = (change: (text: string) => string) => code.current?.replace(change(text));
  useEffect(() => {
    // What is chosen in the address and is not there any more was removed, or another version is shown.
    if (selected !== undefined && selected !== wholePlan && step === null && shownText === text && model.broken === null) onSelect(undefined);
  }, [selected, step, shownText, text, model, onSelect]);

  const edits = {
    set: (path: DocumentPath, value: unknown) => edit(before => setIn(before, path, value)),
    rename: (each: PlanStep, id: string) => edit(before => renameStep(before, each, id)),
    move: (each: PlanStep, by: -1 | 1) => {
      const [list, index] = [each.path.slice(0, -1), each.path.at(-1) as number];
      edit(before => moveItem(before, list, index, index + by));
      const siblings = valueAt(text, list);
      if (index + by >= 0 && Array.isArray(siblings) && index + by < siblings.length) onSelect(pathText([...list, index + by]));
    },
    copy: (each: PlanStep) => {
      const [list, index] = [each.path.slice(0, -1), each.path.at(-1) as number];
      const values = valueAt(text, each.path) as Record<string, unknown>;
      edit(before => insertItem(before, list, index + 1, each.id === null ? values : { ...values, id: freeId(each.id, idsOf(model)) }));
      onSelect(pathText([...list, index + 1]));
    },
    remove: (each: PlanStep) => {
      edit(before => removeItem(before, each.path));
      onSelect(undefined);
    },
  };
  return (
    <div className={classes.workbench}>
      <Toolbar view={shown} onView={onView} isNarrow={isNarrow} readOnly={readOnly} onUndo={() => code.current?.undo()} onRedo={() => code.current?.redo()} onAdd={() => setAdding({ list: ['steps'], index: model.steps.steps.length })} onSettings={() => onSelect(selected === wholePlan ? undefined : wholePlan)} />
      <div className={classes.panes}>
        <div className={classes.code} hidden={shown === 'graph'}>
          <CodePane
            ref={code} text={text} onChange={onChange} onSave={onSave} readOnly={readOnly} diagnostics={diagnostics} completions={context => completionsFor(context, know)} marked={step}
            onPlace={walkTo}
          />
        </div>
        {shown !== 'yaml' && (
          <div className={classes.graph}>
            <Suspense fallback={<div className={classes.loading}><Loading what="The graph" /></div>}>
              <GraphPane
                model={model} selected={step?.key ?? here} troubles={troubles} readOnly={readOnly} begin={beginOf(model, sentences)} onSelect={each => { setHere(null); onSelect(each?.key); }} onInsert={(list, index) => setAdding({ list, index })}
                onDrop={(key, list, index) => edit(before => transferItem(before, pathFrom(key), list, index))}
              />
            </Suspense>
          </div>
        )}
        {selected === wholePlan && (
          <PlanPanel
            values={(valueAt(shownText, []) ?? {}) as Record<string, unknown>} findings={findings} readOnly={readOnly} onClose={() => onSelect(undefined)}
            onSet={(path, value) => edit(before => setIn(before, path, value))}
          />
        )}
        {step !== null && shown !== 'yaml' && (
          <StepPanel
            key={step.key} plan={plan} model={model} step={step} values={(valueAt(shownText, step.path) ?? {}) as Record<string, unknown>} readOnly={readOnly} edits={edits} onClose={() => onSelect(undefined)}
            findings={findings.filter(finding => stepOfPath(model, finding.path)?.key === step.key)} references={referencesFor(model, step, outputs)} siblings={siblingsOf(model, step)}
          />
        )}
      </div>
      <Problems findings={findings} isChecking={check.isFetching || settled !== text} error={check.error} onGo={finding => {
        if (shown === 'graph') onSelect(stepOfPath(model, finding.path)?.key);
        else code.current?.goTo(diagnosticsOf(text, [finding])[0]!.from);
      }} />
      {adding !== null && (
        <AddStepModal taken={idsOf(model)} onClose={() => setAdding(null)} onAdd={added => {
          edit(before => insertItem(before, adding.list, adding.index, added));
          setAdding(null);
          onSelect(pathText([...adding.list, adding.index]));
        }} />
      )}
    </div>
  );
}

const idsOf = (model: PlanModel): Set<string> => new Set(allSteps(model).flatMap(step => step.id ?? []));

function siblingsOf(model: PlanModel, step: PlanStep): string[] {
  const list = pathText(step.path.slice(0, -1));
  return allSteps(model).filter(each => each.key !== step.key && each.id !== null && pathText(each.path.slice(0, -1)) === list && typeof each.path.at(-2) === 'string' && each.path.at(-2) !== 'parallel').map(each => each.id!);
}

function countsOf(model: PlanModel, paths: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const step = stepOfPath(model, path);
    if (step !== null) counts.set(step.key, (counts.get(step.key) ?? 0) + 1);
  }
  return counts;
}
