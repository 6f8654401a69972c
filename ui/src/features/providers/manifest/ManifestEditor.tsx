import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Save } from 'lucide-react';
import { useState } from 'react';
import { parse } from 'yaml';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { saveManifest } from '../api/manifest';
import { draftOf, emptyDraft, manifestOf, problemsOf } from './draft';
import classes from './Manifest.module.css';
import { ManifestForm } from './ManifestForm';

/** A manifest, in a form or as text: both are the same, as long as the form can show all of it. */
export function ManifestEditor({ id, saved }: { id?: string; saved?: string }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => (saved === undefined ? emptyDraft : draftOf(saved)));
  const [text, setText] = useState(saved ?? '');
  const [asked, setAsked] = useState(false);
  const [isWhole, setWhole] = useState(true);
  const saving = useMutation({
    mutationFn: () => {
      const manifest = draft === undefined ? text : manifestOf(draft, today());
      return saveManifest(id ?? draft?.id ?? idIn(manifest), manifest);
    },
    onSuccess: async provider => {
      toastDone(`${provider.title} is saved.`);
      await navigate({ to: '/providers/$provider', params: { provider: provider.id }, search: {} });
      await queries.invalidateQueries({ queryKey: ['providers'] });
    },
  });
  const isChanged = draft === undefined ? text !== (saved ?? '') : JSON.stringify(draft) !== JSON.stringify(saved === undefined ? emptyDraft : draftOf(saved));
  const show = (how: string) => {
    if (how === 'text' && draft !== undefined) {
      setText(saved !== undefined && isUnchanged(saved, draft) ? saved : manifestOf(draft, today()));
      setDraft(undefined);
    } else if (how === 'form') {
      const read = draftOf(text);
      setWhole(read !== undefined);
      if (read !== undefined) setDraft(read);
    }
  };
  const save = () => {
    setAsked(true);
    if (draft === undefined || Object.keys(problemsOf(draft)).length === 0) saving.mutate();
  };
  return (
    <form className={classes.form} onSubmit={event => { event.preventDefault(); save(); }}>
      <AskBeforeLeaving when={isChanged && !saving.isPending} />
      <div className={classes.buttons}>
        <SegmentedControl aria-label="How it is written" value={draft === undefined ? 'text' : 'form'} onChange={show} data={[{ value: 'form', label: 'Form' }, { value: 'text', label: 'Text' }]} />
        {draft === undefined && !isWhole && <p className={classes.soft} role="status">This manifest holds more than the form can show, so that it is changed as text.</p>}
      </div>
      {draft === undefined
        ? <Card title="Manifest"><Textarea aria-label="Manifest" rows={28} value={text} onChange={event => setText(event.currentTarget.value)} spellCheck={false} autoComplete="off" styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5, lineHeight: 1.6, whiteSpace: 'pre', overflowX: 'auto' } }} /></Card>
        : <ManifestForm draft={draft} isNew={saved === undefined} asked={asked} onChange={setDraft} />}
      {saving.error !== null && <div className={classes.told}><ProblemAlert error={saving.error} /></div>}
      <div className={classes.buttons}>
        <Button type="submit" loading={saving.isPending} leftSection={<Save size={15} aria-hidden="true" />}>Save the provider</Button>
        <p className={classes.soft}>It is checked first, and there for all workspaces of this hub. On its page one connects it and tries its actions.</p>
      </div>
    </form>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

const isUnchanged = (saved: string, draft: NonNullable<ReturnType<typeof draftOf>>) => JSON.stringify(draftOf(saved)) === JSON.stringify(draft);

/** The id that a text says; where it is not to be read the hub tells why. */
function idIn(manifest: string): string {
  try {
    const { id } = parse(manifest) as { id?: unknown };
    if (typeof id === 'string' && id !== '') return id;
  } catch {
    // Told below.
  }
  throw new Error("The manifest does not say its 'id', or is no YAML. Write 'id: my-api' into it.");
}
