import type { PlanModel } from '../document/model';

const kindWords: Record<string, string> = { schedule: 'schedule', webhook: 'webhook', files: 'arriving files', s3_events: 'S3 events', execution: 'the end of' };

/** Schedules as people say them, by what stands in the plan that was checked. */
export function sentencesOf(checked: PlanModel, schedules: readonly string[]): ReadonlyMap<string, string> {
  const texts = checked.triggers.filter(trigger => trigger.kind === 'schedule').map(trigger => trigger.text);
  return new Map(texts.length === schedules.length ? texts.map((text, index) => [text, schedules[index]!]) : []);
}

/** What the graph begins with: what starts the plan, and with which inputs. */
export function beginOf(model: PlanModel, sentences: ReadonlyMap<string, string>): { title: string; detail: string } {
  const starts = model.triggers.map(({ kind, text }) => (kind === 'schedule' ? sentences.get(text) : undefined) ?? `${kindWords[kind]} ${text}`);
  const title = starts.length === 0 ? 'Started by hand' : starts.join(', ');
  return { title: title.charAt(0).toUpperCase() + title.slice(1), detail: model.inputs.length === 0 ? 'no inputs' : `with ${model.inputs.map(input => input.name).join(', ')}` };
}
