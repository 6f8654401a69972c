import { Alert } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { plural } from '@/components/time/words';
import type { UnusableProvider } from '../api/unusable';
import classes from './Unusable.module.css';

/** Providers that are there and that no plan can use: what is wrong with each, where, and what to do. */
export function Unusable({ providers, mayChange }: { providers: readonly UnusableProvider[]; mayChange: boolean }) {
  if (providers.length === 0) return null;
  return (
    <Alert color="red" variant="light" role="region" aria-label="Providers that cannot be used" icon={<TriangleAlert size={18} />} title={`${plural(providers.length, 'provider')} cannot be used`}>
      <ul className={classes.list}>
        {providers.map(provider => (
          <li key={`${provider.id} ${provider.is_file}`}>
            <b>{provider.id}</b>
            <ul className={classes.findings}>
              {provider.findings.map((finding, index) => <li key={index}><code>{finding.file}:{finding.line}:{finding.column}</code> {finding.message}</li>)}
            </ul>
            <p className={classes.advice}>{provider.advice}{mayChange && !provider.is_file && <> <Link to="/providers/$provider/manifest" params={{ provider: provider.id }}>Change {provider.id}</Link></>}</p>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
