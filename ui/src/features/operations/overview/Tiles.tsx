import { Link } from '@tanstack/react-router';
import type { Overview } from '@/api/overview';
import { countText } from '@/components/time/words';
import { tilesOf } from './tiles';
import classes from './Overview.module.css';

/** The first row: five numbers, each a way to its list. */
export function Tiles({ overview }: { overview: Overview }) {
  return (
    <ul className={classes.tiles}>
      {tilesOf(overview).map(tile => (
        <li key={tile.id}>
          <Link to={tile.to} search={tile.search} className={classes.tile} data-tone={tile.tone}>
            <span className={classes.tileLabel}>{tile.label}</span>
            <span className={classes.tileCount}>{countText(tile.count)}</span>
            <span className={classes.tileHint}>{tile.hint}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
