import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { finishConsent } from './api/connect';
import { rememberedProvider } from './connect/begun';
import { Verified } from './connect/Verified';

/** Where a person comes back to after they agreed at a provider, or did not. */
export function ConnectPage() {
  const { code, state, error, error_description: description } = useSearch({ from: '/shell/connect' });
  const queries = useQueryClient();
  const isAgreed = error === undefined && code !== undefined && state !== undefined;
  // A code is good once: it is asked with it once, whatever happens to the window.
  const finished = useQuery({
    queryKey: ['consent', state, code],
    queryFn: async () => {
      const result = await finishConsent(state!, code);
      void queries.invalidateQueries({ queryKey: ['connections'] });
      return result;
    },
    enabled: isAgreed,
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const provider = rememberedProvider();
  const refusal = error === undefined
    ? "The address holds no 'code' and 'state'. Begin again on the provider's page."
    : `The provider answered '${error}'${description === undefined ? '' : `: ${description}`}. Nothing was connected. Begin again on its page.`;
  return (
    <Page title="Connection">
      <Card>
        {!isAgreed && <ProblemAlert error={new Error(refusal)} />}
        {isAgreed && finished.isPending && <Loading what="The provider's answer" />}
        {finished.error !== null && <ProblemAlert error={finished.error} />}
        {finished.data !== undefined && <Verified who={finished.data.who} problem={finished.data.problem} />}
        <p>{provider === null ? <Link to="/providers" search={{}}>Show the providers</Link> : <Link to="/providers/$provider" params={{ provider }} search={{}}>Back to the provider</Link>}</p>
      </Card>
    </Page>
  );
}
