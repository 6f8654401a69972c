export const settingTabs = ['notifications', 'requests'] as const;
export const notificationStatuses = ['sent', 'failed', 'suppressed'] as const;
