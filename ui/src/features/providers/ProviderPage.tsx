import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { may, meQuery } from '@/api/me';
import { providerQuery, type Action } from '@/api/providers';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { connectionsQuery } from './api/connections';
import { ActionParameters } from './catalogue/ActionParameters';
import { connectionOf } from './catalogue/connection';
import { TryAction } from './catalogue/TryAction';
import { Connections } from './connect/Connections';
import { webAddress } from './connect/fields';
import { OwnActions } from './own/OwnActions';
import classes from './ProviderPage.module.css';

/** One provider: what it needs, what it can do, and a try. */
export function ProviderPage() {
  const { provider: id } = useParams({ from: '/shell/providers/$provider' });
  const { action } = useSearch({ from: '/shell/providers/$provider' });
  const navigate = useNavigate({ from: '/providers/$provider' });
  const me = useQuery(meQuery).data;
  const query = useQuery(providerQuery(id));
  const connections = useQuery(connectionsQuery(id)).data ?? [];
  const above = <Link to="/providers" search={{}} className={classes.above}>Providers</Link>;
  if (query.data === undefined) return <Page title={id} above={above}>{query.error === null ? <Loading what="The provider" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}</Page>;
  const provider = query.data;
  const chosen = provider.actions.find(each => each.id === action) ?? provider.actions[0];
  const docs = provider.docs === null ? undefined : webAddress(provider.docs);
  return (
    <Page
      title={provider.title} above={above} lead={provider.help}
      aside={<>
        <Badge variant="light" color="gray" tt="none">{provider.category}</Badge>
        {provider.own && <Badge variant="light" tt="none">Added to this hub</Badge>}
      </>}
      actions={provider.own && me?.is_administrator === true && <OwnActions provider={id} title={provider.title} connections={connections.length} />}
    >
      {(docs !== undefined || provider.checked_on !== null) && (
        <p className={classes.soft}>
          Steps call it <code>{id}</code>.
          {provider.checked_on !== null && ` Last checked on ${provider.checked_on}.`}
          {docs !== undefined && <> <a href={docs} target="_blank" rel="noreferrer">The vendor’s documentation</a></>}
        </p>
      )}
      {provider.connection == null ? <Needed provider={id} actions={provider.actions} /> : <Connections key={id} provider={id} title={provider.title} needs={provider.connection} />}
      <div className={classes.split}>
        <nav className={classes.actions} aria-label="Actions">
          {provider.actions.map(each => (
            <Link key={each.id} to="/providers/$provider" params={{ provider: id }} search={{ action: each.id }} replace className={classes.action} aria-current={each.id === chosen?.id ? 'true' : undefined} resetScroll={false}>
              <code>{each.id}</code><span>{each.help}</span>
            </Link>
          ))}
        </nav>
        {chosen !== undefined && (
          <div key={chosen.id} className={classes.main}>
            <Card title={<code>{chosen.use}</code>}>
              <p className={classes.help}>{chosen.help} {chosen.repeatable ? 'Doing it twice does no more than doing it once.' : 'When it is cut off, it is not repeated by itself.'}</p>
              <ActionParameters action={chosen} />
            </Card>
            {may(me, 'operator') && <TryAction action={chosen} connections={provider.connection == null ? null : connections} onShow={execution => void navigate({ to: '/executions/$execution', params: { execution }, search: {} })} />}
          </div>
        )}
      </div>
    </Page>
  );
}

/** What has to be stored before the actions of a provider that is code work. */
function Needed({ provider, actions }: { provider: string; actions: readonly Action[] }) {
  const needs = connectionOf(actions);
  if (needs.length === 0) return null;
  return (
    <Card title="What a connection needs">
      <ul className={classes.needs}>
        {needs.map(need => <li key={need.name}><code>{need.name}</code>{need.required ? '' : ' (if the other side asks for it)'}: {need.help}</li>)}
      </ul>
      <p className={classes.soft}>Store each as a credential under <Link to="/credentials">Credentials</Link>, and give the step <code>{`\${cred:NAME}`}</code>: {provider} gets the value, and nobody sees it.</p>
    </Card>
  );
}
