import { Alert, Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Copy, LayoutTemplate, RotateCcw, Square, TriangleAlert } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { StatusBadge } from '@/components/status/StatusBadge';
import { inOwnZone } from '@/components/time/words';
import { cancelTransfer, retryTransfer } from './api/change-transfer';
import { Facts } from './detail/Facts';
import { Failures } from './detail/Failures';
import { FilesTab } from './detail/FilesTab';
import { LinkCard } from './detail/LinkCard';
import { SettingsTab } from './detail/SettingsTab';
import { useTransfer } from './detail/useTransfer';
import { togetherOf } from './list/progress';
import { filesOfTemplateMax } from './form/draft';
import { isOver, titleOf } from './list/words';
import classes from './TransferPage.module.css';

/** One transfer: how it goes, what became of each file, why some failed, and what can be done about it. */
export function TransferPage() {
  const { transfer: id } = useParams({ from: '/shell/transfers/$transfer' });
  return <OneTransfer key={id} id={id} />;
}

function OneTransfer({ id }: { id: string }) {
  const search = useSearch({ from: '/shell/transfers/$transfer' });
  const navigate = useNavigate({ from: '/transfers/$transfer' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const { query, files } = useTransfer(id);
  const [asksCancel, cancel] = useDisclosure(false);
  const retrying = useMutation({
    mutationFn: () => retryTransfer(id),
    onSuccess: retried => navigate({ to: '/transfers/$transfer', params: { transfer: retried.id }, search: {} }),
    onError: error => toastProblem(error, 'It was not tried again'),
  });
  const cancelling = useMutation({
    mutationFn: () => cancelTransfer(id),
    onSuccess: () => {
      toastDone('The transfer is being stopped.');
      return client.invalidateQueries({ queryKey: ['transfers'] });
    },
  });
  const transfer = query.data;
  const above = <Link to="/transfers" search={{}} className={classes.above}>Transfers</Link>;
  if (transfer === undefined) {
    return <Page title="Transfer" above={above}>{query.error === null ? <Loading what="The transfer" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}</Page>;
  }
  const isRunning = !isOver(transfer.status);
  const together = togetherOf(transfer.links);
  const { tab, ...filter } = search;
  const isTemplate = may(me, 'editor') && (transfer.files?.length ?? 0) <= filesOfTemplateMax;
  const mayRetry = transfer.status === 'failed' || transfer.status === 'cancelled';
  return (
    <Page
      title={titleOf(transfer)} above={above} aside={<StatusBadge status={transfer.status} />} lead={<Facts transfer={transfer} />}
      actions={may(me, 'operator') && (
        <>
          {isRunning && <Button variant="default" leftSection={<Square size={14} aria-hidden="true" />} disabled={transfer.cancel_requested === true} onClick={cancel.open}>{transfer.cancel_requested === true ? 'Stopping …' : 'Cancel'}</Button>}
          {isTemplate && <Button renderRoot={props => <Link {...props} to="/templates/new" search={{ like: id }} />} variant="default" leftSection={<LayoutTemplate size={14} aria-hidden="true" />}>Save as a template</Button>}
          {!isRunning && <Button renderRoot={props => <Link {...props} to="/transfers/new" search={{ like: id }} />} variant="default" leftSection={<Copy size={14} aria-hidden="true" />}>Start one like it</Button>}
          {mayRetry && <Button leftSection={<RotateCcw size={14} aria-hidden="true" />} loading={retrying.isPending} onClick={() => retrying.mutate()}>{transfer.status === 'failed' ? 'Retry what failed' : 'Take it up again'}</Button>}
        </>
      )}
    >
      {transfer.error != null && together.failed === 0 && <Alert color="red" icon={<TriangleAlert size={18} />} title="It failed"><div className={classes.reason}>{transfer.error.message}</div></Alert>}
      {isRunning && transfer.waiting_for != null && <p className={classes.waits}>It waits for {inOwnZone(transfer.waiting_for)}.</p>}
      <div className={classes.links}>
        {transfer.links.map((link, index) => <LinkCard key={link.step} link={link} number={transfer.links.length > 1 ? index + 1 : null} isRunning={isRunning} />)}
      </div>
      {together.failed > 0 && <Failures key={isRunning ? together.failed : 'end'} id={id} count={together.failed} />}
      <Tabs value={tab ?? 'files'} onChange={value => void navigate({ search: { ...search, tab: value === 'settings' ? 'settings' : undefined }, replace: true })} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="files">Files</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="files" className={classes.panel}>
          <FilesTab transfer={transfer} filter={filter} onFilter={next => void navigate({ search: { tab, ...next } as typeof search, replace: true })} tail={files} isRunning={isRunning} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" className={classes.panel}><SettingsTab transfer={transfer} /></Tabs.Panel>
      </Tabs>
      <ConfirmDanger opened={asksCancel} onClose={cancel.close} title="Stop this transfer?" action="Stop it" onConfirm={() => cancelling.mutateAsync()}>
        Files under way are stopped and the others are not begun. What has arrived stays, and it can be taken up again.
      </ConfirmDanger>
    </Page>
  );
}
