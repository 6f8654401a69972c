import { Button, FileButton, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { FileSearch } from 'lucide-react';
import { useState } from 'react';
import { meQuery } from '@/api/me';
import { providersQuery } from '@/api/providers';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { Page } from '@/components/page/Page';
import { importDocument } from './api/import-document';
import { Found } from './importing/Found';
import { AdministratorsOnly } from './own/AdministratorsOnly';
import classes from './ImportPage.module.css';
import pageClasses from './ProviderPage.module.css';

type Source = 'address' | 'file';

/** An OpenAPI document becomes a provider: it is read, looked at, asked about, and then saved. */
export function ImportPage() {
  const { id: known } = useSearch({ from: '/shell/import-provider' });
  const navigate = useNavigate({ from: '/import-provider' });
  const queries = useQueryClient();
  const me = useQuery(meQuery).data;
  const own = useQuery(providersQuery).data?.filter(provider => provider.own).map(provider => provider.id);
  const [source, setSource] = useState<Source>('address');
  const [url, setUrl] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [id, setId] = useState(known ?? '');
  const [baseUrl, setBaseUrl] = useState('');
  const reading = useMutation({
    mutationFn: async ({ save, base }: { save: boolean; base: string }) => importDocument({
      ...(source === 'address' ? { url: url.trim() } : { document: await file!.text() }),
      id: id.trim() || undefined,
      base_url: base.trim() || undefined,
      save,
    }),
    onSuccess: async (found, { save }) => {
      if (!save || !found.saved) return;
      toastDone(`The provider '${found.id}' is saved.`);
      await navigate({ to: '/providers/$provider', params: { provider: found.id }, search: {} });
      await queries.invalidateQueries({ queryKey: ['providers'] });
    },
  });
  // What was found stays in view while it is saved, and when that is refused.
  const [found, setFound] = useState<typeof reading.data>(undefined);
  const read = (base: string) => reading.mutate({ save: false, base }, { onSuccess: setFound, onError: () => setFound(undefined) });
  const isGiven = source === 'address' ? url.trim() !== '' : file !== null;
  const above = <Link to="/providers" search={{}} className={pageClasses.above}>Providers</Link>;
  if (me !== undefined && !me.is_administrator) return <AdministratorsOnly title="Import an API" above={above} />;
  // What is read belongs to what was given: a change of either begins anew.
  const changed = () => { setFound(undefined); reading.reset(); };
  return (
    <Page title="Import an API" above={above} lead="Any OpenAPI or Swagger document becomes a provider: each of its operations is an action that plans can use.">
      <Card>
        <form className={classes.form} onSubmit={event => { event.preventDefault(); if (isGiven) read(baseUrl); }}>
          <SegmentedControl aria-label="Where the document is" value={source} onChange={next => { setSource(next); changed(); }} data={[{ value: 'address', label: 'At an address' }, { value: 'file', label: 'In a file' }]} />
          {source === 'address'
            ? <TextInput label="Address of the document" placeholder="https://api.example.com/openapi.json" withAsterisk value={url} onChange={event => { setUrl(event.currentTarget.value); changed(); }} spellCheck={false} autoComplete="off" />
            : <div className={classes.file}><FileButton onChange={next => { setFile(next); changed(); }}>{props => <Button {...props} variant="default">Choose a file</Button>}</FileButton><p className={classes.soft}>{file === null ? 'JSON or YAML, OpenAPI 3 or Swagger 2' : file.name}</p></div>}
          <TextInput label="Id" description="What steps call it by. Made of the document’s title when it is left out." value={id} onChange={event => { setId(event.currentTarget.value); changed(); }} spellCheck={false} autoComplete="off" />
          <TextInput label="Base URL" description="Where the API is, when the document does not say, or says another place." value={baseUrl} onChange={event => { setBaseUrl(event.currentTarget.value); changed(); }} spellCheck={false} autoComplete="off" />
          <div><Button type="submit" loading={reading.isPending && !reading.variables.save} disabled={!isGiven} leftSection={<FileSearch size={15} aria-hidden="true" />}>Read it</Button></div>
          {reading.error !== null && <ProblemAlert error={reading.error} />}
        </form>
      </Card>
      {found !== undefined && (
        <Found
          found={found} replaces={own?.includes(found.id) === true} saving={reading.isPending && reading.variables.save}
          onChoose={base => { setBaseUrl(base); read(base); }} onSave={() => reading.mutate({ save: true, base: baseUrl })}
        />
      )}
    </Page>
  );
}
