import { ChevronRight } from 'lucide-react';
import { crumbsOf, type Place } from './paths';
import classes from './FilePane.module.css';

/** Where the pane is; each folder above is one click away. */
export function Crumbs({ label, place, onGo }: { label: string; place: Place; onGo: (path: string) => void }) {
  const crumbs = crumbsOf(place);
  return (
    <nav className={classes.crumbs} aria-label={label}>
      {crumbs.map((crumb, index) => (
        <span key={crumb.path} className={classes.crumb}>
          {index > 0 && <ChevronRight size={13} aria-hidden="true" />}
          {index === crumbs.length - 1
            ? <span aria-current="location" className={classes.here} title={crumb.name}>{crumb.name}</span>
            : <button type="button" className={classes.step} onClick={() => onGo(crumb.path)} title={crumb.name}>{crumb.name}</button>}
        </span>
      ))}
    </nav>
  );
}
