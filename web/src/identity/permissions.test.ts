import { expect, it } from 'vitest';
import { governsRecordings, holds, leadsTeam, plansSchedules } from './permissions';

it('takes a star for any part, and nothing for a part more', () => {
  expect(holds(['wfm:*:view'], 'wfm:agent:view')).toBe(true);
  expect(holds(['wfm:*:view'], 'wfm:agent:edit')).toBe(false);
  expect(holds(['*:*:*'], 'wfm:agent:edit')).toBe(true);
  expect(holds(['wfm:agent'], 'wfm:agent:edit')).toBe(false);
});

it('shows the team to whoever decides for others, and to nobody else', () => {
  expect(leadsTeam(['wfm:agentShiftTradeRequest:participate', 'wfm:agentSchedule:view'])).toBe(false);
  expect(leadsTeam(['wfm:timeOffRequest:edit'])).toBe(true);
});

it('shows the schedule to whoever plans, and not to an agent who sees their own', () => {
  expect(plansSchedules(['wfm:agentSchedule:view', 'wfm:publishedSchedule:view'])).toBe(false);
  expect(plansSchedules(['wfm:*:view'])).toBe(true);
});

it('shows recordings to whoever has to do with those of others, and not to an agent who hears their own', () => {
  expect(governsRecordings(['recording:recording:view'])).toBe(false);
  expect(governsRecordings(['recording:*:*'])).toBe(true);
  expect(governsRecordings(['recording:import:view'])).toBe(true);
});
