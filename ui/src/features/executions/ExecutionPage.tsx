import { Alert, Anchor, Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChevronRight, RotateCcw, Square, TriangleAlert } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { LogView } from '@/components/log/LogView';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { executionTitle } from '@/components/status/execution-title';
import { StatusBadge } from '@/components/status/StatusBadge';
import { cancelExecution } from './api/cancel-execution';
import { executionQuery } from './api/show-execution';
import { DataTab } from './detail/DataTab';
import { Facts } from './detail/Facts';
import { RerunModal } from './detail/RerunModal';
import { StepPanel } from './detail/StepPanel';
import { stepName } from './detail/timeline';
import { Timeline } from './detail/Timeline';
import { useExecution } from './detail/useExecution';
import { usesOf } from './detail/uses';
import { UsesLinks } from './detail/UsesLinks';
import { Waits } from './detail/Waits';
import { WholeLog } from './detail/WholeLog';
import classes from './ExecutionPage.module.css';

/** One execution: what it does, why it stands still, why it failed, and what can be done about it. */
export function ExecutionPage() {
  const { execution: id } = useParams({ from: '/shell/executions/$execution' });
  return <OneExecution key={id} id={id} />;
}

function OneExecution({ id }: { id: string }) {
  const search = useSearch({ from: '/shell/executions/$execution' });
  const navigate = useNavigate({ from: '/executions/$execution' });
  const me = useQuery(meQuery).data;
  const { query, log, progress, isLive } = useExecution(id);
  const [asksCancel, cancel] = useDisclosure(false);
  const [rerun, rerunState] = useDisclosure(false);
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () => cancelExecution(id),
    onSuccess: () => {
      toastDone('The execution is being stopped.');
      return client.invalidateQueries({ queryKey: executionQuery(id).queryKey });
    },
  });
  const execution = query.data;
  const above = <Link to="/executions" search={{}} className={classes.above}>Executions</Link>;
  if (execution === undefined) {
    return <Page title="Execution" above={above}>{query.error === null ? <Loading what="The execution" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}</Page>;
  }
  const isOver = execution.ended_at != null;
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  const steps = execution.steps ?? [];
  const nameOf = (path: string) => stepName(steps.find(step => step.step === path)) ?? path;
  const tab = search.tab ?? 'steps';
  return (
    <Page
      title={executionTitle(execution)} above={above} aside={<StatusBadge status={execution.status} />} lead={<Facts execution={execution} />} fill={tab === 'log'}
      actions={may(me, 'operator') && (
        <>
          {!isOver && <Button variant="default" leftSection={<Square size={14} aria-hidden="true" />} disabled={execution.cancel_requested === true} onClick={cancel.open}>{execution.cancel_requested === true ? 'Stopping …' : 'Cancel'}</Button>}
          <Button variant={execution.status === 'failed' ? 'filled' : 'default'} leftSection={<RotateCcw size={14} aria-hidden="true" />} onClick={rerunState.open}>Run again</Button>
        </>
      )}
    >
      {execution.error != null && (
        <Alert color="red" icon={<TriangleAlert size={18} />} title={execution.failed_step == null ? 'It failed' : `The step '${nameOf(execution.failed_step)}' failed`}>
          <div className={classes.reason}>{execution.error.message}</div>
          {execution.failed_step != null && <UsesLinks uses={usesOf(steps.findLast(step => step.step === execution.failed_step))} />}
          {execution.failed_step == null && execution.error.kind === 'unauthorized' && <Anchor component={Link} to="/credentials" size="sm">To the credentials</Anchor>}
          {execution.failed_step != null && <Anchor component="button" type="button" size="sm" onClick={() => set({ tab: undefined, step: execution.failed_step ?? undefined })}>Show the step <ChevronRight size={14} className={classes.chevron} aria-hidden="true" /></Anchor>}
        </Alert>
      )}
      {!isOver && <Waits execution={execution} nameOf={nameOf} />}
      <Tabs value={tab} onChange={value => set({ tab: value === 'steps' ? undefined : (value as 'log' | 'data') })} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.panel }}>
        <Tabs.List>
          <Tabs.Tab value="steps">Steps</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="data">Inputs and output</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="steps">
          <div className={classes.steps}>
            {steps.length === 0 ? <p className={classes.nothing}>{isOver ? 'No step was begun.' : 'No step has begun yet.'}</p>
              : <Timeline attempts={steps} progress={progress} selected={search.step} onSelect={path => set({ step: path === search.step ? undefined : path })} />}
            {search.step !== undefined && <StepPanel attempts={steps.filter(step => step.step === search.step)} name={nameOf(search.step)} onClose={() => set({ step: undefined })} />}
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogView label="Log of the execution" buffer={log} filter={{ level: search.level, text: search.q }} onFilter={({ level, text }) => set({ level, q: text })} live={!isOver && isLive} stepName={nameOf} whole={() => <WholeLog execution={id} filter={{ level: search.level, text: search.q }} stepName={nameOf} />} />
        </Tabs.Panel>
        <Tabs.Panel value="data"><DataTab execution={execution} /></Tabs.Panel>
      </Tabs>
      <ConfirmDanger opened={asksCancel} onClose={cancel.close} title="Cancel this execution?" action="Cancel it" onConfirm={() => cancelling.mutateAsync()}>
        The step that runs is stopped, and no further one begins. What was done already stays done: files that were moved are moved.
      </ConfirmDanger>
      {rerun && <RerunModal execution={execution} onClose={rerunState.close} onStarted={started => { rerunState.close(); void navigate({ to: '/executions/$execution', params: { execution: started }, search: {} }); }} />}
    </Page>
  );
}
