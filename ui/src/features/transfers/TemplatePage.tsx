import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { endpointNamesQuery } from '@/api/endpoint-names';
import { may, meQuery } from '@/api/me';
import { planNamesQuery } from '@/api/plan-names';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { addTemplate, deleteTemplate, runTemplate, saveTemplate } from './api/change-template';
import type { Transfer } from './api/list-transfers';
import { transferQuery } from './api/show-transfer';
import { templateQuery, type Template } from './api/templates';
import { DraftFields } from './form/DraftFields';
import { deletes, draftOfTemplate, emptyDraft, isChain, requestOf, templateLike, templateOf } from './form/draft';
import { Preview } from './form/Preview';
import { freeName, suggestedName } from './form/suggested-name';
import { ChainGraph } from './templates/ChainGraph';
import { DeletingRun } from './templates/DeletingRun';
import { StartCard } from './templates/StartCard';
import classes from './form/TwoColumns.module.css';

const Above = () => <Link to="/templates" search={{}} className={classes.above}>Templates</Link>;

/** One template: its files, its way, what starts it, and what it would do now. */
export function TemplatePage() {
  const { template: name } = useParams({ from: '/shell/templates/$template' });
  const found = useQuery(templateQuery(name));
  if (found.data === undefined) {
    return <Page title={name} above={<Above />}>{found.error === null ? <Loading what="The template" /> : <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />}</Page>;
  }
  return <TemplateForm key={found.data.id} saved={found.data} />;
}

export function NewTemplatePage() {
  const { like } = useSearch({ from: '/shell/templates/new' });
  const found = useQuery({ ...transferQuery(like ?? ''), enabled: like !== undefined });
  if (like !== undefined && found.data === undefined) {
    return <Page title="New template" above={<Above />}>{found.error === null ? <Loading what="The transfer" /> : <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />}</Page>;
  }
  return <TemplateForm saved={null} begun={found.data} />;
}

function TemplateForm({ saved, begun }: { saved: Template | null; begun?: Transfer }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const names = (useQuery(endpointNamesQuery).data ?? []).map(endpoint => endpoint.name);
  const [draft, setDraft] = useState(() => (saved !== null ? draftOfTemplate(saved) : begun === undefined ? emptyDraft : templateLike(begun)));
  const taken = useQuery({ ...planNamesQuery, enabled: saved === null }).data?.flatMap(plan => plan.name ?? []) ?? [];
  const [typed, setName] = useState(saved?.name ?? null);
  const name = typed ?? (begun?.name == null ? suggestedName(draft, taken) : freeName(begun.name, taken));
  const [description, setDescription] = useState(saved?.description ?? '');
  const [asksDelete, asking] = useDisclosure(false);
  const [asksRun, askingRun] = useDisclosure(false);
  // What the form began with, or was saved as: others may save another version meanwhile.
  const [base, setBase] = useState(saved);
  const mayEdit = may(me, 'editor');
  const request = templateOf(draft, name, description);
  const isChanged = base === null || JSON.stringify(request) !== JSON.stringify(templateOf(draftOfTemplate(base), base.name, base.description ?? ''));
  const [first] = useState(() => JSON.stringify([draft, typed, description]));
  const hasChanges = mayEdit && (saved === null ? JSON.stringify([draft, typed, description]) !== first : isChanged);
  const takeOver = (newest: Template) => {
    setBase(newest);
    setDraft(draftOfTemplate(newest));
    setName(newest.name);
    setDescription(newest.description ?? '');
  };
  const isOlder = saved !== null && base !== null && saved.version > base.version;
  if (isOlder && !isChanged) takeOver(saved);
  const saving = useMutation({
    mutationFn: () => (saved === null ? addTemplate(request!) : saveTemplate(saved.id, request!)),
    onSuccess: async template => {
      setBase(template);
      toastDone(saved === null ? 'The template is saved.' : `Version ${template.version} is saved.`);
      await client.invalidateQueries({ queryKey: ['templates'] });
      await navigate({ to: '/templates/$template', params: { template: template.name }, replace: true });
    },
  });
  const running = useMutation({
    mutationFn: () => runTemplate(saved!.id),
    onSuccess: transfer => navigate({ to: '/transfers/$transfer', params: { transfer: transfer.id }, search: {} }),
  });
  const remove = async () => {
    await deleteTemplate(saved!.id);
    await navigate({ to: '/templates', search: {} });
    await client.invalidateQueries({ queryKey: ['templates'] });
  };
  return (
    <Page
      title={saved?.name ?? 'New template'} above={<Above />}
      lead={saved !== null && <>Version {saved.version} · <Link to="/transfers" search={{ template: saved.name }}>what it moved</Link> · <Link to="/plans/$plan" params={{ plan: saved.name }}>as a plan, with its versions</Link></>}
      actions={
        <>
          {saved !== null && mayEdit && <Button variant="subtle" color="gray" leftSection={<Trash2 size={14} aria-hidden="true" />} onClick={asking.open}>Delete</Button>}
          {saved !== null && may(me, 'operator') && <Button variant="default" leftSection={<Play size={14} aria-hidden="true" />} disabled={isChanged} loading={running.isPending} onClick={() => (deletes(draft) ? askingRun.open() : running.mutate(undefined, { onError: error => toastProblem(error, 'It was not started') }))}>Run it now</Button>}
          {mayEdit && <Button disabled={request === null || !isChanged} loading={saving.isPending} onClick={() => saving.mutate()}>{saved === null ? 'Save the template' : 'Save as a new version'}</Button>}
        </>
      }
    >
      <AskBeforeLeaving when={hasChanges && !saving.isPending && !asksDelete} />
      {saving.error !== null && <ProblemAlert error={saving.error} />}
      {isOlder && isChanged && (
        <Alert color="yellow" title={`Version ${saved.version} was saved meanwhile`}>
          What you changed is still here. Saved, it becomes the version after that one.
          <div><Button mt="sm" size="xs" variant="default" onClick={() => takeOver(saved)}>Lose what I changed and show version {saved.version}</Button></div>
        </Alert>
      )}
      <Card><ChainGraph draft={draft} names={names} /></Card>
      <div className={classes.columns}>
        <div className={classes.main}>
          <Card title="What it is called">
            <div className={classes.main}>
              <TextInput label="Name" description={saved === null && typed === null && name !== '' ? 'Suggested by where it goes. Type another, if you like.' : undefined} value={name} onChange={event => setName(event.currentTarget.value)} disabled={!mayEdit} maxLength={200} autoComplete="off" required withAsterisk={false} />
              <Textarea label="What it is for" value={description} onChange={event => setDescription(event.currentTarget.value)} disabled={!mayEdit} autosize minRows={1} maxRows={5} />
            </div>
          </Card>
          <DraftFields draft={draft} onChange={setDraft} hasPattern disabled={!mayEdit} />
        </div>
        <div className={classes.side}>
          {may(me, 'operator') && <Preview request={requestOf(draft)} isChain={isChain(draft)} />}
          {saved !== null && <StartCard template={saved} mayEdit={mayEdit} />}
        </div>
      </div>
      <DeletingRun opened={asksRun} name={saved?.name ?? ''} onClose={askingRun.close} onConfirm={() => running.mutateAsync()} />
      <ConfirmDanger opened={asksDelete} onClose={asking.close} title={`Delete the template '${saved?.name ?? ''}'?`} action="Delete template" onConfirm={remove}>
        The template, its versions and what starts it are lost. What it moved stays in the history, and the files stay where they are.
      </ConfirmDanger>
    </Page>
  );
}
