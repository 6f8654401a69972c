import { ActionIcon, Button, Group, Select, SegmentedControl, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { toastDone } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { addCredential } from '../api/change-credential';
import type { Credential, Scope } from '../api/credentials';
import { providerNamesQuery } from '../api/provider-names';
import { SecretInput } from './SecretInput';

interface AddCredentialProps {
  mayShare: boolean;
  onClose: () => void;
  onAdded: (credential: Credential) => void;
}

/** A secret under a name, or the fields of a provider. */
export function AddCredential({ mayShare, onClose, onAdded }: AddCredentialProps) {
  const client = useQueryClient();
  const providers = useQuery(providerNamesQuery);
  const [kind, setKind] = useState('secret');
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [provider, setProvider] = useState<string | null>(null);
  const [fields, setFields] = useState([{ name: 'token', value: '' }]);
  const [scope, setScope] = useState<Scope>(mayShare ? 'workspace' : 'user');
  const [website, setWebsite] = useState('');
  const [hosts, setHosts] = useState<string[]>([]);
  const adding = useMutation({
    mutationFn: () => addCredential(kind === 'secret'
      ? { name: name.trim(), value, scope, allowed_hosts: hosts, website: website.trim() === '' ? undefined : website.trim() }
      : { provider: provider ?? '', fields: Object.fromEntries(fields.filter(field => field.name !== '').map(field => [field.name, field.value])), scope, allowed_hosts: hosts }),
    onSuccess: async added => {
      toastDone('It is stored. Its value is shown to nobody unless somebody asks for it.');
      await client.invalidateQueries({ queryKey: ['credentials'] });
      onAdded(added);
    },
  });
  const isChanged = [name, value, website, ...fields.map(field => field.value)].some(text => text !== '') || provider !== null || hosts.length > 0;
  const setField = (index: number, change: Partial<{ name: string; value: string }>) => setFields(fields.map((field, at) => (at === index ? { ...field, ...change } : field)));
  return (
    <FormDialog title="Add a credential" size="lg" isChanged={isChanged} action="Store it" onSubmit={() => adding.mutate()} isBusy={adding.isPending} error={adding.error} onClose={onClose}>
      <SegmentedControl aria-label="Kind" value={kind} onChange={setKind} data={[{ value: 'secret', label: 'One secret' }, { value: 'provider', label: 'A provider’s fields' }]} />
      {kind === 'secret' ? (
        <>
          <TextInput label="Name" description="Plans and endpoints refer to it as ${cred:NAME}. SHOP_FTP_PASSWORD can be tried against its server." value={name} onChange={event => setName(event.currentTarget.value)} spellCheck={false} autoComplete="off" required withAsterisk={false} data-autofocus />
          <SecretInput label="Value" value={value} onChange={setValue} />
          <TextInput label="Website" description="Which one it belongs to, if any." value={website} onChange={event => setWebsite(event.currentTarget.value)} autoComplete="off" />
        </>
      ) : (
        <>
          <Select label="Provider" data={providers.data ?? []} value={provider} onChange={setProvider} searchable required withAsterisk={false} nothingFoundMessage="No such provider" />
          {fields.map((field, index) => (
            <Group key={index} align="flex-start" gap="xs" wrap="nowrap">
              <TextInput label="Field" value={field.name} onChange={event => setField(index, { name: event.currentTarget.value })} spellCheck={false} w={160} required withAsterisk={false} />
              <div style={{ flex: 1 }}><SecretInput label="Value" value={field.value} onChange={next => setField(index, { value: next })} /></div>
              {fields.length > 1 && <ActionIcon variant="subtle" color="gray" mt={26} size={36} aria-label={`Take '${field.name}' out`} onClick={() => setFields(fields.filter((_, at) => at !== index))}><X size={16} /></ActionIcon>}
            </Group>
          ))}
          <div><Button size="xs" variant="subtle" onClick={() => setFields([...fields, { name: '', value: '' }])}>Another field</Button></div>
        </>
      )}
      <SegmentedControl
        aria-label="Whose it is" value={scope} onChange={next => setScope(next)} disabled={!mayShare}
        data={[{ value: 'workspace', label: 'The workspace’s: its plans use it' }, { value: 'user', label: 'Only mine' }]}
      />
      <TagsInput label="Hosts" description="It is sent nowhere else. Without any, wherever a plan sends it." placeholder="api.example.org, then Enter" value={hosts} onChange={setHosts} />
    </FormDialog>
  );
}
