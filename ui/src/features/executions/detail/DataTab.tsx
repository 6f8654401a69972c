import { Link } from '@tanstack/react-router';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { executionTitle } from '@/components/status/execution-title';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Execution } from '../api/list-executions';
import { KeptFiles } from './KeptFiles';
import { Output } from './Output';
import classes from './DataTab.module.css';

/** What went in, what came out, and what it called. */
export function DataTab({ execution }: { execution: Execution }) {
  const hasOutput = execution.output !== undefined || execution.output_url != null;
  const children = execution.children ?? [];
  return (
    <div className={classes.data}>
      <Card title="Inputs">{Object.keys(execution.inputs).length === 0 ? <p className={classes.none}>It was started without inputs.</p> : <JsonView value={execution.inputs} label="Inputs" />}</Card>
      {execution.trigger !== undefined && execution.trigger !== null && <Card title="What its trigger saw"><JsonView value={execution.trigger} label="Trigger" /></Card>}
      <Card title="Output">{hasOutput ? <Output value={execution.output} url={execution.output_url} bytes={execution.output_bytes} label="Output" /> : <p className={classes.none}>{execution.ended_at == null ? 'There is none before its end.' : 'It gave none.'}</p>}</Card>
      <KeptFiles execution={execution.id} isOver={execution.ended_at != null} />
      {children.length > 0 && (
        <Card title="Executions that it called">
          <ul className={classes.children}>
            {children.map(child => (
              <li key={child.id}><StatusBadge status={child.status} /><Link to="/executions/$execution" params={{ execution: child.id }} search={{}}>{executionTitle(child)}</Link></li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}
