import type { SettingDescription } from '@/components/form/settings';

export interface SettingGroup {
  title: string;
  settings: SettingDescription[];
  /** Shown only when somebody asks for it, or when something in it is given. */
  isFolded: boolean;
}

const places = ['host', 'port', 'bucket', 'remote', 'path', 'endpoint', 'region'];
const logins = ['user', 'access_key', 'anonymous', 'domain', 'key_file', 'profile'];

/** The settings of a kind as a person thinks of them: where it is, how one signs in, and all the rest. */
export function groupsOf(settings: readonly SettingDescription[]): SettingGroup[] {
  const isPlace = (setting: SettingDescription) => !setting.secret && (setting.required || places.includes(setting.name));
  const isLogin = (setting: SettingDescription) => !isPlace(setting) && (setting.secret || logins.includes(setting.name));
  const groups = [
    { title: 'Where it is', settings: settings.filter(isPlace), isFolded: false },
    { title: 'How Gantry signs in', settings: settings.filter(isLogin), isFolded: false },
    { title: 'More', settings: settings.filter(setting => !isPlace(setting) && !isLogin(setting)), isFolded: true },
  ];
  return groups.filter(group => group.settings.length > 0);
}
