import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

/** Which AI drafts plans, the budgets of a day, and what of them is used. */
export const plannerQuery = queryOptions({
  queryKey: ['planner'],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/ai-planner/settings', { signal })),
});

/** What is left out is the hub's choice. */
export const setPlanner = (settings: Shape<'PlannerSettings'>) => answerOf(hub.PUT('/api/ai-planner/settings', { body: settings }));
