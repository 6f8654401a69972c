import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Loading } from '@/components/page/Loading';
import { SearchField } from '@/components/search/SearchField';
import { settingsQuery, type HubSetting } from '../api/settings';
import classes from './SettingsPage.module.css';
import { fitsSetting, sourceText, valueText } from './words';

/** Every setting of the hub: what it means, what holds, and where that comes from. */
export function HubTab() {
  const { q, given } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const settings = useQuery(settingsQuery);
  const found = settings.data?.filter(setting => fitsSetting(setting, q, given === true));
  return (
    <>
      <Filters>
        <SearchField label="Search settings" value={q} onChange={next => void navigate({ search: before => ({ ...before, q: next }), replace: true })} />
        <SegmentedControl size="xs" aria-label="Which" value={given === true ? 'given' : 'all'} data={[{ value: 'all', label: 'All' }, { value: 'given', label: 'Only what was set' }]} onChange={next => void navigate({ search: before => ({ ...before, given: next === 'given' ? true : undefined }), replace: true })} />
      </Filters>
      <p className={classes.soft}>A setting is changed where it is given, and holds after a restart: as a flag, a variable, or a line of gantry.yaml in the data folder. A flag wins over a variable, a variable over the file.</p>
      {settings.error !== null ? <ProblemAlert error={settings.error} onRetry={() => void settings.refetch()} /> : found === undefined ? <Loading what="The settings" />
        : found.length === 0 ? <Card><EmptyState title="No setting fits">Clear the search to see all of them.</EmptyState></Card>
          : <Card flush><ul className={classes.settings}>{found.map(setting => <Setting key={setting.name} setting={setting} />)}</ul></Card>}
    </>
  );
}

function Setting({ setting }: { setting: HubSetting }) {
  return (
    <li className={classes.setting} data-given={setting.is_given || undefined}>
      <div>
        <h2 className={classes.name}>{setting.name}</h2>
        <p className={classes.help}>{setting.help}</p>
        <p className={classes.ways}>{[setting.variable, setting.flag].filter(way => way != null).map(way => <code key={way}>{way}</code>)}</p>
      </div>
      <div className={classes.holds}>
        <div className={classes.value} data-plain={setting.value == null || undefined}>{valueText(setting)}</div>
        <div className={classes.source}>{sourceText(setting)}</div>
      </div>
    </li>
  );
}
