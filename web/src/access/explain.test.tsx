import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { type Services, ServicesProvider } from '../app/services';
import type { Decision, Gate } from '../wire/api';
import { explain, inOrder, inWords, previewText, whoText } from './explain';
import { WhatHelps, Why } from './Why';

function gate(code: string, holds: boolean | null, sentence: string, facts: Gate['facts'] = {}): Gate {
  return { code, holds, sentence, facts, documentation: `/docs/reasons/${code}` };
}

const REVOKED = gate('permission.webrtcEnable', false, '', {
  revoked_at: '2023-10-27T10:41:09Z',
  by: 'Dana',
});
const UNREADABLE = gate('schedule_rule', null, 'The rule could not be read.');

const DENIED: Decision = {
  decision_id: 'd-1',
  user_id: 'u-1',
  action: 'connect',
  allowed: false,
  sentence: 'You cannot connect, because webRTC:enable was revoked.',
  gates: [gate('token', true, 'The token is valid.'), REVOKED, UNREADABLE],
  blockers: [REVOKED, UNREADABLE],
  not_a_cause: [{ code: 'pending_time_off', sentence: 'Pending time off plays no part.', facts: {} }],
  warnings: [],
  remedies: [{ who: 'administrator', what: 'grant', at_once: true, sentence: 'Grant webRTC:enable.' }],
  next_change_at: '2023-10-27T11:45:00Z',
  evaluated_at: '2023-10-27T10:52:00Z',
};

describe('an explained decision', () => {
  const why = explain(DENIED, 'America/Chicago');

  it('keeps every blocker, and tells a failure from what could not be known', () => {
    expect(why.blockers.map(({ verdict }) => verdict)).toEqual(['fails', 'unknown']);
  });

  it('never leaves a gate without a sentence', () => {
    expect(why.blockers[0]?.sentence).toBe('Permission webrtc enable');
  });

  it('reads instants among the facts in the unit’s zone', () => {
    expect(why.blockers[0]?.facts).toEqual([
      { name: 'Revoked at', value: 'Fri, 27 Oct 2023, 05:41' },
      { name: 'By', value: 'Dana' },
    ]);
  });

  it('tells every time in the unit’s zone, also in the middle of a sentence', () => {
    const told = 'The role Agent gave it until 2023-10-27 10:58 UTC, when it was taken away.';
    const { sentence, blockers } = explain(
      { ...DENIED, sentence: told, blockers: [gate('permission.missing', false, told)] },
      'America/Chicago',
    );
    expect(sentence).toBe('The role Agent gave it until Fri, 27 Oct 2023, 05:58, when it was taken away.');
    expect(blockers[0]?.sentence).toBe(sentence);
    expect(explain({ ...DENIED, sentence: told }, 'UTC').sentence).toBe(told);
  });

  it('says since when each gate is so, and who made it so, where that is told', () => {
    const since = { record: 'identity.person', since: '2023-10-27T10:41:09Z', by: 'a-1' };
    const { gates } = explain(
      { ...DENIED, gates: [{ ...REVOKED, source: since }, UNREADABLE] },
      'America/Chicago',
    );
    expect(gates.map(({ since, by }) => [since, by])).toEqual([
      ['Fri, 27 Oct 2023, 05:41', 'a-1'],
      [null, null],
    ]);
  });

  it('has what stands in the way on top, then what could not be known', () => {
    const gates = [gate('a', true, ''), UNREADABLE, gate('b', true, ''), REVOKED];
    const { gates: told } = explain({ ...DENIED, gates }, 'UTC');
    expect(inOrder(told).map(({ code }) => code)).toEqual([
      'permission.webrtcEnable',
      'schedule_rule',
      'a',
      'b',
    ]);
  });

  it('tells what a remedy would lead to, where that is known', () => {
    const [remedy] = DENIED.remedies as [(typeof DENIED.remedies)[number]];
    expect(previewText(remedy, 'UTC')).toBeNull();
    const preview = {
      sentence: 'Still refused.',
      blockers: [gate('no.session', false, 'There is no session.')],
    };
    expect(previewText({ ...remedy, preview }, 'UTC')).toBe('Still refused. There is no session.');
    expect(previewText({ ...remedy, preview: { sentence: 'Ana may connect.' } }, 'UTC')).toBe(
      'Ana may connect.',
    );
  });

  it('offers what whoever asks may do, and only where it can be asked again', () => {
    const operation = { method: 'PUT', path: '/api/v2/x' };
    const told = (part: object, onDone?: () => void) =>
      renderToStaticMarkup(
        <QueryClientProvider client={new QueryClient()}>
          <ServicesProvider services={{} as Services}>
            <WhatHelps
              remedies={DENIED.remedies.map((each) => ({ ...each, ...part }))}
              zone="UTC"
              {...(onDone && { onDone })}
            />
          </ServicesProvider>
        </QueryClientProvider>,
      );
    const done = () => undefined;
    expect(told({ operation, may: true }, done)).toContain('Do it now');
    expect(told({ operation, may: false }, done)).not.toContain('Do it now');
    expect(told({ may: true }, done)).not.toContain('Do it now');
    expect(told({ operation, may: true })).not.toContain('Do it now');
    expect(told({ command: 'shiftline grant' })).toContain('<code>shiftline grant</code>');
  });

  it('leaves out empty facts, and spells lists and flags', () => {
    const { gates } = explain(
      {
        ...DENIED,
        gates: [gate('x', true, '', { a: null, b: [], c: ['p', 'q'], d: false, e: { f: 1 } })],
      },
      'UTC',
    );
    expect(gates[0]?.facts.map(({ value }) => value)).toEqual(['none', 'p, q', 'no', '{"f":1}']);
  });

  it('is shown in the order of need: what stands in the way, what helps, what is not the reason', () => {
    const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
    const html = renderToStaticMarkup(
      <RouterContextProvider router={router}>
        <Why decision={DENIED} enforced={null} zone="America/Chicago" />
      </RouterContextProvider>,
    );
    const order = [
      'What stands in the way',
      'What helps',
      'Grant webRTC:enable.',
      'Not the reason',
      'Pending time off plays no part.',
    ];
    const places = order.map((text) => html.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(html).toContain('Could not be known: ');
    for (const code of ['permission.webrtcEnable', 'schedule_rule', 'token', 'pending_time_off']) {
      expect(html).toContain(`href="/why/reasons/${code}"`);
    }
    expect(html).toContain('Fri, 27 Oct 2023, 06:45');
  });
});

it('makes words of codes, and leaves abbreviations alone', () => {
  expect(inWords('schedule_rule.outsideShift')).toBe('Schedule rule outside shift');
  expect(inWords('TURN_missing')).toBe('TURN missing');
});

it('names who can help, without taking permissions apart', () => {
  expect(whoText('administrator')).toBe('Administrator');
  expect(whoText('an administrator with directory:organization:admin')).toBe(
    'An administrator with directory:organization:admin',
  );
});
