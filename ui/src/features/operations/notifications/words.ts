import type { NotifyRule } from '../api/notifications';

export const occasions = [
  { value: 'failure', label: 'A plan failed' }, { value: 'recovery', label: 'It works again' }, { value: 'success', label: 'A plan succeeded' }, { value: 'expectation_missed', label: 'Something expected did not come' },
] as const;

/** The actions that are made for telling something, and what a test of each says. */
export const tellers: readonly { use: string; label: string; test: Record<string, unknown> }[] = [
  { use: 'smtp.send', label: 'Mail', test: { subject: 'A test from Gantry', text: 'This is a test: notifications of the workspace arrive here.' } },
  { use: 'slack.post_message', label: 'Slack', test: { text: '*A test from Gantry*\nNotifications of the workspace arrive here.' } },
  { use: 'teams.post_message', label: 'Teams', test: { title: 'A test from Gantry', text: 'Notifications of the workspace arrive here.' } },
  { use: 'webhook.post', label: 'Webhook', test: { payload: { occasion: 'test', title: 'A test from Gantry', text: 'Notifications of the workspace arrive here.' } } },
];

/** The parameters of a test: what is written stays as it is, and where it refers to an occasion, or says nothing, the test speaks. */
export function testParameters(use: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => !JSON.stringify(value ?? null).includes('${trigger')));
  return { ...tellers.find(teller => teller.use === use)?.test, ...said };
}

/** "Mail when a plan failed or it works again, at most every 1h". */
export function ruleText(rule: NotifyRule): string {
  const when = rule.on.map(on => (occasions.find(each => each.value === on)?.label ?? on).replace(/^(A|It|Something)/, word => word.toLowerCase())).join(' or ');
  return `${tellers.find(teller => teller.use === rule.use)?.label ?? rule.use} when ${when}${rule.at_most_every == null ? '' : `, at most every ${rule.at_most_every}`}`;
}

const occasionWords: Record<string, string> = { failure: 'Failed', recovery: 'Works again', success: 'Succeeded', expectation_missed: 'Did not come' };
export const occasionText = (occasion: string | undefined): string => occasionWords[occasion ?? ''] ?? occasion ?? '';
