import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { credentialUsesQuery } from '../api/credential-uses';
import type { Credential } from '../api/credentials';
import { UseList } from './UseList';
import classes from './CredentialDrawer.module.css';

/** Where it is used: what is told of it is what is written down, not what a plan makes up as it runs. */
export function UseSection({ credential }: { credential: Credential }) {
  const uses = useQuery(credentialUsesQuery(credential));
  return (
    <section className={classes.section} aria-label="Where it is used">
      <h3 className={classes.title}>Where it is used</h3>
      {uses.error !== null && <ProblemAlert error={uses.error} onRetry={() => void uses.refetch()} />}
      {uses.data !== undefined && (uses.data.items.length === 0
        ? <p className={classes.soft}>No plan, endpoint or connection names it.</p>
        : <UseList uses={uses.data.items} label="What names it" />)}
      {uses.data?.more === true && <p className={classes.soft}>There may be others: so many texts hold its name that not all were read.</p>}
    </section>
  );
}
