import { UnstyledButton } from '@mantine/core';
import type { EndpointKind } from '../api/list-kinds';
import { KindIcon } from '../list/KindIcon';
import classes from './KindChooser.module.css';

/** The first step to a new endpoint: what sort of place it is. */
export function KindChooser({ kinds, onChoose }: { kinds: readonly EndpointKind[]; onChoose: (kind: string) => void }) {
  return (
    <div className={classes.kinds}>
      {kinds.map(kind => (
        <UnstyledButton key={kind.id} className={classes.kind} onClick={() => onChoose(kind.id)}>
          <span className={classes.icon}><KindIcon kind={kind.id} size={20} /></span>
          <span className={classes.title}>{kind.title}</span>
          <span className={classes.help}>{kind.help}</span>
        </UnstyledButton>
      ))}
    </div>
  );
}
