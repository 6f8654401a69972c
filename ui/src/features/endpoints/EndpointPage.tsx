import { Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { FolderOpen, Trash2 } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { plural } from '@/components/time/words';
import { deleteEndpoint } from './api/delete-endpoint';
import { kindsQuery } from './api/list-kinds';
import { usesQuery } from './api/list-uses';
import { endpointQuery } from './api/show-endpoint';
import { EndpointForm } from './form/EndpointForm';
import { typedValues } from './form/values';
import { Uses } from './list/Uses';
import { LimitsForm } from './limits/LimitsForm';
import classes from './EndpointsPage.module.css';

/** One place for files: its settings, and how much of it transfers may take. */
export function EndpointPage() {
  const { endpoint: name } = useParams({ from: '/shell/endpoints/$endpoint' });
  const { tab = 'settings' } = useSearch({ from: '/shell/endpoints/$endpoint' });
  const navigate = useNavigate({ from: '/endpoints/$endpoint' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const endpoint = useQuery(endpointQuery(name));
  const kinds = useQuery(kindsQuery);
  const uses = useQuery(usesQuery).data?.filter(use => use.endpoint === name) ?? [];
  const [asksDelete, asking] = useDisclosure(false);
  const kind = kinds.data?.find(each => each.id === endpoint.data?.kind);
  const above = <Link to="/endpoints" search={{}} className={classes.above}>Endpoints</Link>;
  if (endpoint.data === undefined || kind === undefined) {
    const failed = endpoint.error !== null ? endpoint : kinds.error !== null ? kinds : null;
    return <Page title={name} above={above}>{failed === null ? <Loading what="The endpoint" /> : <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />}</Page>;
  }
  const mayEdit = may(me, 'editor');
  return (
    <Page
      title={name} above={above} lead={<>{kind.title} · {endpoint.data.address}{uses.length > 0 && <> · used by <Uses uses={uses} /></>}</>}
      actions={
        <>
          {may(me, 'operator') && <Button renderRoot={props => <Link {...props} to="/files" search={{ left: `${name}:` }} />} variant="default" leftSection={<FolderOpen size={15} aria-hidden="true" />}>Browse</Button>}
          {mayEdit && <Button variant="default" color="red" leftSection={<Trash2 size={15} aria-hidden="true" />} onClick={asking.open}>Delete</Button>}
        </>
      }
    >
      <Tabs value={tab} onChange={next => void navigate({ search: { tab: next === 'limits' ? 'limits' : undefined }, replace: true })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          <Tabs.Tab value="limits">Limits</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings">
          <fieldset className={classes.fields} disabled={!mayEdit}>
            <EndpointForm key={endpoint.data.updated_at} kind={kind} name={name} settings={typedValues(kind.settings, endpoint.data.settings)} taken={[]} onSaved={() => toastDone(`'${name}' is saved.`)} />
          </fieldset>
        </Tabs.Panel>
        <Tabs.Panel value="limits">
          <fieldset className={classes.fields} disabled={!mayEdit}><LimitsForm key={endpoint.data.updated_at} name={name} limits={endpoint.data.limits} /></fieldset>
        </Tabs.Panel>
      </Tabs>
      <ConfirmDanger
        opened={asksDelete} onClose={asking.close} title={`Forget the endpoint '${name}'?`} action="Forget it"
        onConfirm={async () => {
          await deleteEndpoint(name);
          await client.invalidateQueries({ queryKey: ['endpoints'] });
          toastDone(`'${name}' is forgotten. Its files are still there.`);
          void navigate({ to: '/endpoints', search: {} });
        }}
      >
        {uses.length > 0 && <p><b>{plural(uses.length, 'plan or template names it', 'plans and templates name it')}</b> and will fail at the step that does: <Uses uses={uses} all />.</p>}
        <p>Its settings and limits are lost; its files and credentials stay.</p>
      </ConfirmDanger>
    </Page>
  );
}
