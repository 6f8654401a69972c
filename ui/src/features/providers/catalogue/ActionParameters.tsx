import type { Action } from '@/api/providers';
import classes from './ActionParameters.module.css';

/** What an action takes, in one table. */
export function ActionParameters({ action }: { action: Action }) {
  if (action.parameters.length === 0) return <p className={classes.none}>It takes nothing.</p>;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Parameters of ${action.use}`}>
      <table className={classes.table}>
        <thead><tr><th scope="col">Parameter</th><th scope="col">Type</th><th scope="col">If not given</th><th scope="col">What it is</th></tr></thead>
        <tbody>
          {action.parameters.map(parameter => (
            <tr key={parameter.name}>
              <th scope="row"><code>{parameter.name}</code></th>
              <td>{parameter.secret ? 'secret' : parameter.choices.length > 0 ? parameter.choices.join(', ') : parameter.type}</td>
              <td>{parameter.required && parameter.default == null ? 'needed' : parameter.default == null ? '–' : <code>{typeof parameter.default === 'string' ? parameter.default : JSON.stringify(parameter.default)}</code>}</td>
              <td>{parameter.help}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
