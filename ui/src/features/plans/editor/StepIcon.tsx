import { Blocks, Bot, CircleStop, Clock, Files, GitFork, Globe, Mail, MessageSquare, Octagon, Repeat, ShieldAlert, Split, SquareFunction, UserCheck, Webhook, Workflow, type LucideIcon } from 'lucide-react';
import type { StepKind } from '../document/model';

const ofKinds: Partial<Record<StepKind, LucideIcon>> = {
  if: GitFork, each: Repeat, parallel: Split, wait: Clock, try: ShieldAlert, approve: UserCheck, call: Workflow, stop: CircleStop, unknown: Octagon,
};

const ofProviders: Record<string, LucideIcon> = { http: Globe, transfer: Files, logic: SquareFunction, smtp: Mail, slack: MessageSquare, teams: MessageSquare, webhook: Webhook, openai: Bot };

/** What a step is, as a picture. */
export function StepIcon({ kind, use, size = 17 }: { kind: StepKind; use: string; size?: number }) {
  const Icon = ofKinds[kind] ?? ofProviders[use.split('.')[0]!] ?? Blocks;
  return <Icon size={size} aria-hidden="true" />;
}
