import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Save } from 'lucide-react';
import { useCallback } from 'react';
import { may, meQuery } from '@/api/me';
import { approveDraft, planDraftQuery } from '@/api/plan-draft';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { createPlan } from './api/create-plan';
import { AskOnLeave } from './editor/AskOnLeave';
import { useDraft } from './editor/useDraft';
import { Workbench } from './editor/Workbench';
import classes from './PlanPage.module.css';

const starter = `name: my-plan
description: Says what it does in one sentence.
inputs:
  greeting: { type: string, default: Hello }
steps:
  - id: hello
    use: logic.transform
    with:
      value: "\${input.greeting}, it is \${date(now, 'HH:mm')}."
`;

/** A plan that is not saved yet, from nothing or from what an AI drafted. */
export function NewPlanPage() {
  const { draft } = useSearch({ from: '/shell/new-plan' });
  const query = useQuery({ ...planDraftQuery(draft ?? ''), enabled: draft !== undefined });
  if (draft === undefined) return <NewPlan key="" kept="" begin={starter} create={createPlan} />;
  if (query.data === undefined) return <Page title="New plan" above={<ToPlans />}>{query.error === null ? <Loading what="The draft" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}</Page>;
  // Who saves a draft has read it: that approves it. One that is a plan already makes another.
  const create = query.data.approved_at === null ? async (text: string) => (await approveDraft(draft, text)).plan : createPlan;
  return <NewPlan key={draft} kept={`draft ${draft}`} begin={query.data.plan ?? starter} create={create} />;
}

const ToPlans = () => <Link to="/plans" search={{}} className={classes.above}>Plans</Link>;

/** What is written stays in the browser, under the name `kept`, until it is saved. */
function NewPlan({ kept, begin, create }: { kept: string; begin: string; create: (text: string) => Promise<{ name?: string }> }) {
  const search = useSearch({ from: '/shell/new-plan' });
  const navigate = useNavigate({ from: '/new-plan' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const mayEdit = may(me, 'editor');
  const draft = useDraft(kept, { text: begin, version: 0 });
  const set = useCallback((next: Partial<typeof search>) => void navigate({ search: before => ({ ...before, ...next }), replace: true }), [navigate]);
  const saving = useMutation({
    mutationFn: () => create(draft.text),
    onSuccess: async plan => {
      draft.settle({ text: begin, version: 0 });
      toastDone(`The plan ${plan.name} is saved.`);
      await Promise.all([client.invalidateQueries({ queryKey: ['plans'] }), client.invalidateQueries({ queryKey: ['plan-drafts'] })]);
      await navigate({ to: '/plans/$plan', params: { plan: plan.name! }, search: {} });
    },
  });
  const save = () => { if (!saving.isPending && mayEdit) saving.mutate(); };
  return (
    <Page
      fill title="New plan" above={<ToPlans />} lead={mayEdit || me === undefined ? 'Write it as text, or put it together in the graph: both are the same plan.' : 'Editors of the workspace write plans; this is what one looks like.'}
      actions={mayEdit && <Button leftSection={<Save size={14} aria-hidden="true" />} loading={saving.isPending} onClick={save}>Save the plan</Button>}
    >
      <AskOnLeave draft={draft} />
      {saving.error !== null && <ProblemAlert error={saving.error} />}
      <Workbench
        key={draft.generation} plan="" text={draft.text} onChange={draft.write} onSave={save} readOnly={!mayEdit} view={search.view ?? 'both'} selected={search.step}
        onView={view => set({ view: view === 'both' ? undefined : view })} onSelect={useCallback((step: string | undefined) => set({ step }), [set])}
      />
    </Page>
  );
}
