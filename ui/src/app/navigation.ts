import {
  Activity, Blocks, Bot, CalendarClock, FileText, FolderTree, Globe, KeyRound, LayoutDashboard, LayoutTemplate, ListTree, MoveRight, Radio, ScrollText,
  Server, Settings, Users, type LucideIcon,
} from 'lucide-react';

export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Pressed after `g`. */
  key: string;
  /** Other words that people look for it by. */
  words: string;
  /** Other paths that belong to it. */
  also?: readonly string[];
  /** Its capability is not part of this hub yet. */
  soon?: boolean;
}

export interface PlaceGroup {
  label: string | null;
  places: readonly Place[];
}

/** The navigation: all that the palette, the keyboard and the sidebar know of pages. */
export const navigation: readonly PlaceGroup[] = [
  { label: null, places: [{ to: '/', label: 'Overview', icon: LayoutDashboard, key: 'o', words: 'home dashboard start' }] },
  {
    label: 'Move',
    places: [
      { to: '/files', label: 'Files', icon: FolderTree, key: 'f', words: 'browse upload download folders' },
      { to: '/transfers', label: 'Transfers', icon: MoveRight, key: 't', words: 'copy move sync progress' },
      { to: '/templates', label: 'Templates', icon: LayoutTemplate, key: 'm', words: 'chains patterns transfer' },
      { to: '/endpoints', label: 'Endpoints', icon: Server, key: 'n', words: 'sftp ftp s3 smb servers connections' },
    ],
  },
  {
    label: 'Run',
    places: [
      { to: '/plans', label: 'Plans', icon: ListTree, key: 'p', words: 'workflows yaml steps editor', also: ['/new-plan', '/describe-plan'] },
      { to: '/executions', label: 'Executions', icon: Activity, key: 'e', words: 'runs history failed running' },
      { to: '/schedules', label: 'Schedules', icon: CalendarClock, key: 's', words: 'calendar cron next' },
      { to: '/events', label: 'Events', icon: Radio, key: 'v', words: 'triggers webhooks dead replay' },
    ],
  },
  {
    label: 'Connect',
    places: [
      { to: '/providers', label: 'Providers', icon: Blocks, key: 'r', words: 'actions integrations catalogue', also: ['/new-provider', '/import-provider', '/connect'] },
      { to: '/credentials', label: 'Credentials', icon: KeyRound, key: 'c', words: 'secrets passwords vault keys' },
    ],
  },
  {
    label: 'Websites',
    places: [
      { to: '/sites', label: 'Sites', icon: Globe, key: 'w', words: 'domains websites', soon: true },
      { to: '/agents', label: 'Agents', icon: Bot, key: 'b', words: 'machines remote', soon: true },
    ],
  },
  {
    label: 'Hub',
    places: [
      { to: '/logs', label: 'Logs', icon: FileText, key: 'l', words: 'system errors' },
      { to: '/audit', label: 'Audit', icon: ScrollText, key: 'a', words: 'who did what' },
      { to: '/people', label: 'People and API keys', icon: Users, key: 'u', words: 'users roles members tokens' },
      { to: '/settings', label: 'Settings', icon: Settings, key: ',', words: 'configuration notifications' },
    ],
  },
];

export const places: readonly Place[] = navigation.flatMap(group => group.places);
