import { Button, FileButton, Group, SegmentedControl, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toastDone } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { plural } from '@/components/time/words';
import { changeCredential } from '../api/change-credential';
import type { Scope } from '../api/credentials';
import { readDotenv } from './dotenv';

/** Takes over what a .env file holds. */
export function ImportCredentials({ mayShare, onClose }: { mayShare: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [scope, setScope] = useState<Scope>(mayShare ? 'workspace' : 'user');
  const [done, setDone] = useState<string[]>([]);
  const { entries, wrong } = readDotenv(text);
  const importing = useMutation({
    mutationFn: async () => {
      // What is stored already, of an attempt that broke off, is not sent again.
      for (const { name, value } of entries.filter(entry => !done.includes(entry.name))) {
        await changeCredential(name, { value, scope });
        setDone(before => [...before, name]);
      }
    },
    onSuccess: () => { toastDone(`${plural(entries.length, 'credential is', 'credentials are')} stored.`); onClose(); },
    onSettled: () => client.invalidateQueries({ queryKey: ['credentials'] }),
  });
  return (
    <FormDialog title="Import from a .env file" size="lg" isChanged={text !== ''} action={importing.error === null ? `Store ${plural(entries.length, 'credential')}` : 'Go on'} onSubmit={() => importing.mutate()} isBusy={importing.isPending} error={importing.error} isDisabled={entries.length === 0} onClose={onClose}>
      <Group gap="xs"><FileButton onChange={file => void file?.text().then(setText)}>{props => <Button {...props} size="xs" variant="default">Choose a file</Button>}</FileButton><Text size="sm" c="dimmed">or put its text here. An encrypted file is imported by <code>gantry credential import</code>.</Text></Group>
      <Textarea aria-label="Text of the file" placeholder="NAME=value" value={text} onChange={event => { setText(event.currentTarget.value); setDone([]); }} autosize minRows={5} maxRows={14} spellCheck={false} autoComplete="off" styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }} />
      <SegmentedControl aria-label="Whose they are" value={scope} onChange={next => setScope(next)} disabled={!mayShare} data={[{ value: 'workspace', label: 'The workspace’s' }, { value: 'user', label: 'Only mine' }]} />
      {text !== '' && <Text size="sm">{entries.length === 0 ? 'No name with a value was found.' : `${entries.map(entry => entry.name).slice(0, 12).join(', ')}${entries.length > 12 ? ` and ${entries.length - 12} more` : ''}. Those that are there already get the new value.`}{wrong.length > 0 && ` Not understood: line ${wrong.slice(0, 8).join(', ')}.`}</Text>}
    </FormDialog>
  );
}
