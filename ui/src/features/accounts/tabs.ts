export const peopleTabs = ['keys', 'you', 'users', 'workspaces'] as const;
