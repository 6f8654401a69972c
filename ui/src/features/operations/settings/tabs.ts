export const settingTabs = ['notifications', 'requests', 'ai'] as const;
export const notificationStatuses = ['sent', 'failed', 'suppressed'] as const;
