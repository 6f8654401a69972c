import { CloseButton } from '@mantine/core';
import { SettingFields } from '@/components/form/SettingFields';
import type { SettingDescription } from '@/components/form/settings';
import type { Finding } from '../api/check-plan';
import { budgetFields, concurrencyFields, planFields } from './fields';
import classes from './StepPanel.module.css';

interface PlanPanelProps {
  /** The plan as the text has it. */
  values: Record<string, unknown>;
  findings: readonly Finding[];
  onSet: (path: readonly string[], value: unknown) => void;
  readOnly: boolean;
  onClose: () => void;
}

/** What holds for all of the plan, as a form: every field is a place of its text. */
export function PlanPanel({ values, findings, onSet, readOnly, onClose }: PlanPanelProps) {
  const group = (title: string, name: string, fields: readonly SettingDescription[]) => {
    const given = values[name] !== null && typeof values[name] === 'object' ? values[name] as Record<string, unknown> : {};
    return (
      <section className={classes.form} aria-label={title}>
        <h2 className={classes.groupTitle}>{title}</h2>
        <SettingFields
          settings={fields} values={given} errors={errorsOf(findings, `${name}.`)}
          onChange={(field, value) => onSet(value === undefined && Object.keys(given).every(each => each === field) ? [name] : [name, field], value)}
        />
      </section>
    );
  };
  return (
    <aside className={classes.panel} aria-label="Settings of the plan">
      <div className={classes.head}>
        <div className={classes.name}><b>Settings of the plan</b><span>They hold for each of its executions</span></div>
        <CloseButton aria-label="Close the settings" onClick={onClose} />
      </div>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="The settings">
        <fieldset className={classes.plain} disabled={readOnly}>
          <div className={classes.form}><SettingFields settings={planFields} values={values} errors={errorsOf(findings, '')} onChange={(name, value) => onSet([name], value)} /></div>
          {group('Budget of AI', 'budget', budgetFields)}
          {group('How many run at once', 'concurrency', concurrencyFields)}
        </fieldset>
      </div>
    </aside>
  );
}

const errorsOf = (findings: readonly Finding[], prefix: string): Record<string, string> =>
  Object.fromEntries(findings.filter(finding => finding.path.startsWith(prefix)).map(finding => [finding.path.slice(prefix.length), finding.message]));
