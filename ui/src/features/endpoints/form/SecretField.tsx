import { Button, Checkbox, Group, Input, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import type { SecretFieldProps } from '@/components/form/SettingFields';
import { messageOf } from '@/components/feedback/ProblemAlert';
import { addSecret } from '../api/add-secret';
import { nameOfReference, referenceTo, suggestSecretName } from './secrets';

// Typing finds the others.
const shownMax = 100;

/** Stores what stands in the field of a new secret, and answers the reference to it. */
export type StoreSecret = () => Promise<string>;

interface EndpointSecretProps extends SecretFieldProps {
  endpoint: string;
  /** Told what would store the new secret that is typed, and null when none is. */
  onTyped: (setting: string, store: StoreSecret | null) => void;
}

/** A secret of an endpoint: one of the credentials, or a new one that is stored at once. Its value never stands in the endpoint. */
export function SecretField({ setting, label, value, onChange, error, endpoint, onTyped }: EndpointSecretProps) {
  const [isAdding, setAdding] = useState(false);
  const stored = useQuery(credentialNamesQuery).data ?? [];
  const chosen = nameOfReference(value);
  const names = chosen === null || stored.includes(chosen) ? stored : [...stored, chosen].sort();
  if (isAdding) {
    return (
      <NewSecretField
        label={label} isLong={setting.name.endsWith("key")} suggestion={suggestSecretName(endpoint, setting.name, names)} onTyped={store => onTyped(setting.name, store)}
        onCancel={() => setAdding(false)} onAdded={name => { onChange(referenceTo(name)); setAdding(false); }}
      />
    );
  }
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <Select
        flex={1} label={label} description={helpOf(setting.help)} withAsterisk={setting.required} error={error} searchable clearable limit={shownMax} placeholder="Choose a credential"
        leftSection={<KeyRound size={15} aria-hidden="true" />} nothingFoundMessage="No such credential" clearButtonProps={{ 'aria-label': `No ${label.toLowerCase()}` }}
        data={names} value={chosen} onChange={name => onChange(name === null ? undefined : referenceTo(name))}
      />
      <Button variant="default" leftSection={<Plus size={15} aria-hidden="true" />} onClick={() => setAdding(true)} aria-label={`New credential for ${label.toLowerCase()}`}>New</Button>
    </Group>
  );
}

interface NewSecretFieldProps {
  label: string;
  isLong: boolean;
  suggestion: string;
  onCancel: () => void;
  onTyped: (store: StoreSecret | null) => void;
  onAdded: (name: string) => void;
}

function NewSecretField({ label, isLong, suggestion, onCancel, onTyped, onAdded }: NewSecretFieldProps) {
  const [name, setName] = useState<string | null>(null);
  const [value, setValue] = useState('');
  const [shared, setShared] = useState(true);
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () => addSecret({ name: name ?? suggestion, value, shared }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['credentials'] });
      onAdded(name ?? suggestion);
    },
  });
  // The form stores what is typed by the newest name and value.
  const tell = useRef(onTyped);
  const store = useRef<StoreSecret>(() => Promise.reject(new Error()));
  useEffect(() => {
    tell.current = onTyped;
    store.current = async () => {
      await adding.mutateAsync();
      return referenceTo(name ?? suggestion);
    };
  });
  const isTyped = value !== '' && (name ?? suggestion) !== '';
  useEffect(() => {
    if (!isTyped) return undefined;
    tell.current(() => store.current());
    return () => tell.current(null);
  }, [isTyped]);
  return (
    <Input.Wrapper label={`New credential: ${label.toLowerCase()}`} description="It is sealed in the vault; the endpoint only names it. Test and save store it as well." labelElement="div">
      <Stack gap="xs" mt={6} p="sm" style={{ border: '1px solid var(--line)', borderRadius: 8 }}>
        <TextInput label="Name" value={name ?? suggestion} onChange={event => setName(event.currentTarget.value)} spellCheck={false} autoComplete="off" error={adding.error === null ? undefined : messageOf(adding.error)} />
        {isLong
          ? <Textarea label="Value" autosize minRows={3} maxRows={8} value={value} onChange={event => setValue(event.currentTarget.value)} spellCheck={false} autoComplete="off" data-autofocus />
          : <PasswordInput label="Value" value={value} onChange={event => setValue(event.currentTarget.value)} autoComplete="new-password" />}
        <Checkbox label="For everybody in this workspace" description="Otherwise only what you start yourself can use it." checked={shared} onChange={event => setShared(event.currentTarget.checked)} />
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={onCancel}>Choose one instead</Button>
          <Button size="xs" loading={adding.isPending} disabled={!isTyped} onClick={() => adding.mutate()}>Store and use it</Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

/** Nobody has to write the reference here. */
const helpOf = (help: string): string => help.replace(/, as \$\{cred:NAME\}\.?$/, '.');
