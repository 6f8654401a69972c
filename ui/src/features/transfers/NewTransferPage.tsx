import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { startTransfer, type NewTransfer } from './api/change-transfer';
import type { Transfer } from './api/list-transfers';
import { transferQuery } from './api/show-transfer';
import { DraftFields } from './form/DraftFields';
import { deletes, draftLike, emptyDraft, isChain, requestOf, type Draft } from './form/draft';
import { Preview } from './form/Preview';
import classes from './form/TwoColumns.module.css';

/** Starts a transfer, after a look at what would happen. */
export function NewTransferPage() {
  const search = useSearch({ from: '/shell/transfers/new' });
  const like = useQuery({ ...transferQuery(search.like ?? ''), enabled: search.like !== undefined });
  if (search.like !== undefined && like.data === undefined) {
    return <Page title="New transfer" above={<Above />}>{like.error === null ? <Loading what="The transfer" /> : <ProblemAlert error={like.error} onRetry={() => void like.refetch()} />}</Page>;
  }
  const begun: Draft = like.data !== undefined ? draftLike(like.data) : { ...emptyDraft, mode: search.mode ?? 'copy', from: [search.from ?? ''], to: [search.to ?? ''] };
  return <TransferForm key={search.like ?? 'new'} begun={begun} like={like.data} />;
}

const Above = () => <Link to="/transfers" search={{}} className={classes.above}>Transfers</Link>;

function TransferForm({ begun, like }: { begun: Draft; like: Transfer | undefined }) {
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const [draft, setDraft] = useState(begun);
  const [name, setName] = useState(like?.name ?? '');
  const [asks, asking] = useDisclosure(false);
  const files = like?.files ?? undefined;
  const request = withFiles(requestOf(draft, name), files);
  const starting = useMutation({
    mutationFn: startTransfer,
    onSuccess: transfer => navigate({ to: '/transfers/$transfer', params: { transfer: transfer.id }, search: {} }),
  });
  const start = (rehearse: boolean) => {
    if (request === null) return;
    if (rehearse) starting.mutate({ ...request, options: { ...request.options, dry_run: true } });
    else if (deletes(draft)) asking.open();
    else starting.mutate(request);
  };
  if (!may(me, 'operator')) return <Page title="New transfer" above={<Above />}><Card>Your role in this workspace lets you look at transfers, not start them. An owner may change that under People.</Card></Page>;
  return (
    <Page
      title="New transfer" above={<Above />}
      actions={
        <>
          {!isChain(draft) && <Button variant="default" disabled={request === null || starting.isPending} onClick={() => start(true)}>Rehearse all of it</Button>}
          <Button leftSection={<Play size={14} aria-hidden="true" />} disabled={request === null} loading={starting.isPending} onClick={() => start(false)}>Start</Button>
        </>
      }
    >
      <AskBeforeLeaving when={(name !== (like?.name ?? '') || JSON.stringify(draft) !== JSON.stringify(begun)) && !starting.isPending} />
      {starting.error !== null && <ProblemAlert error={starting.error} />}
      <div className={classes.columns}>
        <div className={classes.main}>
          <DraftFields draft={draft} onChange={setDraft} />
          <Card title="What it is called"><TextInput label="Name" description="What the history shows it as. Without it, where it goes from and to." value={name} onChange={event => setName(event.currentTarget.value)} maxLength={200} autoComplete="off" /></Card>
        </div>
        <div className={classes.side}><Preview request={request} isChain={isChain(draft)} /></div>
      </div>
      <ConfirmDanger opened={asks} onClose={asking.close} title="Start a transfer that deletes?" action="Start it" onConfirm={() => starting.mutateAsync(request!)}>
        What is at the target and not among these files of the source is deleted there, for good unless a folder for backups is set. “What would happen” lists it.
      </ConfirmDanger>
    </Page>
  );
}

const withFiles = (request: NewTransfer | null, files: readonly string[] | undefined): NewTransfer | null =>
  (request === null || files === undefined ? request : { ...request, files: [...files] });
