import { Button, Drawer, Menu, Select, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download, ScrollText, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastProblem } from '@/components/feedback/toast';
import { Copier, JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { countText, exactText } from '@/components/time/words';
import { exportLink } from './api/export-link';
import { auditQuery, type AuditEntry } from './api/list-audit';
import { verifyAudit } from './api/verify-audit';
import { columns } from './list/columns';
import { actionGroups, actionText, isId, isNotable } from './list/words';
import classes from './AuditPage.module.css';

/** Who did what, in a log that cannot be changed unseen. */
export function AuditPage() {
  const me = useQuery(meQuery).data;
  if (me !== undefined && !may(me, 'owner') && !me.is_administrator) {
    return <Page title="Audit"><Card><EmptyState icon={<ScrollText size={22} />} title="The audit log is for owners">It tells who did what in this workspace. Ask one of its owners to look something up for you.</EmptyState></Card></Page>;
  }
  return <AuditLog isAdministrator={me?.is_administrator === true} />;
}

function AuditLog({ isAdministrator }: { isAdministrator: boolean }) {
  const search = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const list = useInfiniteQuery(auditQuery(search));
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const verifying = useMutation({ mutationFn: verifyAudit, onError: error => toastProblem(error, 'The log was not verified') });
  const rows = list.data?.pages.flatMap(page => page.items);
  const isTargetId = opened?.target != null && isId(opened.target);
  const isFiltered = Object.values(search).some(value => value !== undefined);
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  const verdict = verifying.data;
  const exportIcon = <Download size={15} aria-hidden="true" />;
  return (
    <Page
      title="Audit" fill lead="Every change, sign-in, refusal and reading of a secret. Entries are chained and signed, so that one that is changed or missing is noticed."
      actions={
        <>
          {isAdministrator && <Button variant="default" leftSection={<ShieldCheck size={15} aria-hidden="true" />} loading={verifying.isPending} onClick={() => verifying.mutate()}>Verify the chain</Button>}
          {isAdministrator ? (
            <Menu position="bottom-end">
              <Menu.Target><Button variant="default" leftSection={exportIcon}>Export</Button></Menu.Target>
              <Menu.Dropdown><Menu.Item component="a" href={exportLink('hub')} download>The whole hub</Menu.Item><Menu.Item component="a" href={exportLink('workspace')} download>This workspace</Menu.Item></Menu.Dropdown>
            </Menu>
          ) : <Button component="a" variant="default" leftSection={exportIcon} href={exportLink('workspace')} download>Export</Button>}
        </>
      }
    >
      {verdict !== undefined && (
        <p className={classes.verdict} data-ok={verdict.ok} role="status">
          {verdict.ok ? <ShieldCheck size={17} aria-hidden="true" /> : <ShieldAlert size={17} aria-hidden="true" />}
          <span>{verdict.ok ? `The chain is whole: ${countText(verdict.entries)} entries, the last with a hash that begins with ${verdict.hash.slice(0, 16)}.` : `Entry ${verdict.problem?.position ?? verdict.position}: ${verdict.problem?.message ?? 'The chain does not hold.'}`}</span>
        </p>
      )}
      <Filters>
        <SearchField label="On what, by name or id" value={search.target} onChange={target => set({ target })} width={200} />
        <Select
          aria-label="What" placeholder="Everything" clearable searchable size="xs" w={190} value={search.action ?? null} onChange={action => set({ action: action ?? undefined })} clearButtonProps={{ 'aria-label': 'Everything' }}
          data={[...actionGroups, ...(search.action !== undefined && !actionGroups.some(group => group.value === search.action) ? [{ value: search.action, label: actionText(search.action) }] : [])]}
        />
        <SearchField label="Who, by name" value={search.user} onChange={user => set({ user })} width={160} />
        <SearchField label="From which address" value={search.address} onChange={address => set({ address })} width={180} />
        <Select
          aria-label="Time" size="xs" w={150} value={search.period ?? 'ever'} onChange={period => set({ period: period === '1d' || period === '7d' || period === '30d' ? period : undefined })}
          data={[{ value: 'ever', label: 'At any time' }, { value: '1d', label: 'In the last day' }, { value: '7d', label: 'In the last 7 days' }, { value: '30d', label: 'In the last 30 days' }]}
        />
        {isFiltered && <Button variant="subtle" size="xs" color="gray" onClick={() => void navigate({ search: {}, replace: true })}>Clear</Button>}
      </Filters>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Audit entries" columns={columns} rows={rows} rowId={row => row.id} more={list} onOpen={setOpened}
          tone={row => (isNotable(row.action) ? 'warn' : undefined)}
          empty={<EmptyState icon={<ScrollText size={22} />} title="Nothing fits">{isFiltered ? 'Clear the filters to see every entry. Names and addresses have to be exact.' : 'What is done from now on stands here.'}</EmptyState>}
        />
      )}
      <Drawer opened={opened !== null} onClose={() => setOpened(null)} position="right" title={<Text fw={600} component="span">{opened === null ? '' : actionText(opened.action)}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened !== null && (
          <>
            <dl className={classes.facts}>
              <dt>When</dt><dd>{exactText(opened.time)}</dd>
              <dt>Who</dt><dd>{opened.user_name ?? (opened.user_id == null ? 'nobody signed in' : 'a user who is gone')}{opened.user_id != null && <Id value={opened.user_id} />}</dd>
              <dt>On what</dt><dd>{isTargetId ? opened.target_name ?? 'something that has no name any more' : opened.target ?? '–'}{isTargetId && <Id value={opened.target!} />}</dd>
              <dt>From</dt><dd>{opened.address ?? '–'}</dd>
              <dt>Action</dt><dd><code>{opened.action}</code></dd>
              <dt>In the chain</dt><dd>{opened.position == null ? 'not sealed yet' : `entry ${countText(opened.position)}`}</dd>
            </dl>
            <JsonView value={opened.details} label="Details" />
          </>
        )}
      </Drawer>
    </Page>
  );
}

/** What a name stands for, since names change. */
const Id = ({ value }: { value: string }) => <span className={classes.id}><code>{value}</code><Copier text={value} label="Copy the id" /></span>;
