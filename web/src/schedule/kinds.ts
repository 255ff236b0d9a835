import type { ActivityCategory } from '../wire/api';

export const KIND_NAMES: Record<ActivityCategory, string> = {
  OnQueueWork: 'On queue',
  OffQueueWork: 'Off queue',
  Break: 'Break',
  Meal: 'Meal',
  Meeting: 'Meeting',
  Training: 'Training',
  TimeOff: 'Time off',
  Unavailable: 'Unavailable',
};

/** Legend order. */
export const KINDS = Object.keys(KIND_NAMES) as ActivityCategory[];

export const KIND_COLOURS: Record<ActivityCategory, string> = {
  OnQueueWork: 'var(--kind-on-queue)',
  OffQueueWork: 'var(--kind-off-queue)',
  Break: 'var(--kind-break)',
  Meal: 'var(--kind-meal)',
  Meeting: 'var(--kind-meeting)',
  Training: 'var(--kind-training)',
  TimeOff: 'var(--kind-time-off)',
  Unavailable: 'var(--kind-unavailable)',
};
