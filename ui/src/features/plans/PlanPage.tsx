import { Badge, Button, Tabs } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Play, Save } from 'lucide-react';
import { useCallback, useState } from 'react';
import { may, meQuery } from '@/api/me';
import { isStatus } from '@/api/problem';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { savePlan } from './api/save-plan';
import { planQuery, type ShownPlan } from './api/show-plan';
import { AskOnLeave } from './editor/AskOnLeave';
import { DraftNotes } from './editor/DraftNotes';
import { useDraft } from './editor/useDraft';
import { Workbench } from './editor/Workbench';
import { RunModal } from './run/RunModal';
import { StartsLine } from './run/StartsLine';
import { VersionsTab } from './versions/VersionsTab';
import classes from './PlanPage.module.css';

const lookMilliseconds = 10_000;

/** One plan: its text and its graph, what is wrong with it, and what it was. */
export function PlanPage() {
  const { plan } = useParams({ from: '/shell/plans/$plan' });
  // Somebody else may change it meanwhile: then this page says so.
  const query = useQuery({ ...planQuery(plan), refetchInterval: lookMilliseconds });
  if (query.data === undefined) {
    return <Page title={plan} above={<ToPlans />}>{query.error === null ? <Loading what="The plan" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}</Page>;
  }
  return <OnePlan key={query.data.id} saved={query.data} refetch={() => void query.refetch()} />;
}

const ToPlans = () => <Link to="/plans" search={{}} className={classes.above}>Plans</Link>;

function OnePlan({ saved, refetch }: { saved: ShownPlan; refetch: () => void }) {
  const search = useSearch({ from: '/shell/plans/$plan' });
  const navigate = useNavigate({ from: '/plans/$plan' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const [asksRun, setAsksRun] = useState(false);
  const draft = useDraft(saved.name, { text: saved.source, version: saved.version });
  const readOnly = !may(me, 'editor');
  const set = useCallback((next: Partial<typeof search>) => void navigate({ search: before => ({ ...before, ...next }), replace: true }), [navigate]);
  const saving = useMutation({
    mutationFn: () => savePlan({ plan: saved.id, text: draft.text, version: draft.base.version }),
    onSuccess: next => {
      draft.settle({ text: next.source, version: next.version });
      client.setQueryData(planQuery(next.name).queryKey, next);
      void client.invalidateQueries({ queryKey: ['plans'] });
      void client.invalidateQueries({ queryKey: ['triggers'] });
      toastDone(`Saved as version ${next.version}.`);
      if (next.name !== saved.name) void navigate({ to: '/plans/$plan', params: { plan: next.name }, search: before => before, replace: true });
    },
    onError: error => { if (isStatus(error, 412)) refetch(); },
  });
  const save = () => { if (draft.isChanged && !saving.isPending) saving.mutate(); };
  const run = async () => {
    if (draft.isChanged) await saving.mutateAsync();
    setAsksRun(true);
  };
  return (
    <Page
      fill title={saved.name} above={<ToPlans />} lead={<StartsLine plan={saved.name} />}
      aside={<><Link to="/plans/$plan" params={{ plan: saved.name }} search={{ ...search, tab: 'versions' }} className={classes.version}>Version {draft.base.version}</Link>{draft.isChanged && <Badge variant="light" color="amber" tt="none">Not saved</Badge>}</>}
      actions={(
        <>
          {may(me, 'operator') && <Button variant="default" leftSection={<Play size={14} aria-hidden="true" />} disabled={draft.isChanged && readOnly} onClick={() => void run().catch(() => undefined)}>{draft.isChanged && !readOnly ? 'Save and run' : 'Run'}</Button>}
          {!readOnly && <Button leftSection={<Save size={14} aria-hidden="true" />} disabled={!draft.isChanged} loading={saving.isPending} onClick={save}>Save</Button>}
        </>
      )}
    >
      <AskOnLeave draft={draft} />
      <DraftNotes draft={draft} saved={saved} onTake={() => draft.settle({ text: saved.source, version: saved.version })} onKeep={() => draft.rebase({ text: saved.source, version: saved.version })} />
      {saving.error !== null && !isStatus(saving.error, 412) && draft.isChanged && <ProblemAlert error={saving.error} />}
      <Tabs value={search.tab ?? 'edit'} onChange={tab => set({ tab: tab === 'versions' ? 'versions' : undefined })} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.panel }}>
        <Tabs.List><Tabs.Tab value="edit">{readOnly ? 'Plan' : 'Edit'}</Tabs.Tab><Tabs.Tab value="versions">Versions</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="edit">
          <Workbench
            key={draft.generation} plan={saved.name} text={draft.text} onChange={draft.write} onSave={save} readOnly={readOnly} view={search.view ?? 'both'} selected={search.step}
            onView={view => set({ view: view === 'both' ? undefined : view })} onSelect={useCallback((step: string | undefined) => set({ step }), [set])}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab plan={saved} from={search.from} to={search.to} canRestore={!readOnly} onCompare={(from, to) => set({ from, to })} onRestored={next => draft.settle({ text: next.source, version: next.version })} />
        </Tabs.Panel>
      </Tabs>
      {asksRun && <RunModal plan={saved.name} source={saved.source} onClose={() => setAsksRun(false)} onStarted={id => void navigate({ to: '/executions/$execution', params: { execution: id }, search: {} })} />}
    </Page>
  );
}
