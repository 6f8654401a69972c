import { splitAddress, type Draft } from '../form/draft';
import classes from './ChainGraph.module.css';

/** The way of the files, place by place. */
export function ChainGraph({ draft, names }: { draft: Draft; names: readonly string[] }) {
  const last = draft.from.length - 1;
  return (
    <ol className={classes.graph} aria-label="The way of the files">
      {draft.from.map((address, index) => (
        <li key={`from ${index}`} className={classes.place}>
          <Box address={address} names={names} isFirst />
          {index < last && <span className={classes.edge}>and</span>}
        </li>
      ))}
      {draft.to.map((address, index) => (
        <li key={`to ${index}`} className={classes.place}>
          <Edge label={index === 0 ? [draft.mode, draft.pattern].filter(word => word !== '').join(' ') : 'what arrived'} />
          <Box address={address} names={names} />
        </li>
      ))}
    </ol>
  );
}

function Box({ address, names, isFirst = false }: { address: string; names: readonly string[]; isFirst?: boolean }) {
  const { endpoint, path } = splitAddress(address, names);
  return (
    <span className={classes.box} data-first={isFirst || undefined}>
      <span className={classes.name}>{endpoint ?? (path === '' ? '…' : 'An address')}</span>
      <span className={classes.path}>{path === '' ? '/' : path}</span>
    </span>
  );
}

function Edge({ label }: { label: string }) {
  return (
    <span className={classes.edge}>
      <span>{label}</span>
      <svg width="48" height="12" viewBox="0 0 48 12" aria-hidden="true"><path d="M0 6h42m-5-4.5L43 6l-6 4.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" /></svg>
    </span>
  );
}
