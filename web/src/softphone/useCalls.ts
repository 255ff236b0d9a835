import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { usePhone, useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { useMe } from '../identity/queries';
import { useMyQueues } from '../routing/queries';
import type { Conversation, ConversationListing } from '../wire/api';
import { type Ring, sound } from './ringer';
import type { Call } from './view';

/** Tells the phone of one's conversations: read once, then heard; read at intervals while the channel is down. */
export function useCallFeed(): void {
  const { api, clock, phone } = useServices();
  const meId = useMe().data?.id;
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  useEffect(() => {
    if (meId !== undefined) phone.learn({ type: 'me', id: meId });
  }, [phone, meId]);
  useTopic(meId === undefined ? null : `v2.users.${meId}.conversations`, (event) => {
    const conversation = (event as { eventBody?: Conversation }).eventBody;
    if (conversation?.participants?.some(isCall))
      phone.learn({ type: 'heard', conversation, at: clock.now() });
  });
  useQuery({
    queryKey: ['conversations', 'live', meId],
    enabled: meId !== undefined,
    staleTime: 0,
    refetchInterval: (query) => readAgainIn(news, query),
    queryFn: async ({ signal }) => {
      const mark = phone.mark();
      const { entities } = await api.get<ConversationListing>(
        '/conversations?communicationType=call',
        signal,
      );
      phone.learn({ type: 'listed', conversations: entities, mark, at: clock.now() });
      return entities.length;
    },
  });
}

/** What is written is told on the same topic, and is no call. */
const isCall = ({ calls }: { calls?: unknown[] | null }) => (calls?.length ?? 0) > 0;

/** Tells the phone the names of one's queues. */
export function useQueueNames(): void {
  const { phone } = useServices();
  const queues = useMyQueues().data;
  useEffect(() => {
    if (queues) phone.learn({ type: 'queues', names: new Map(queues.map(({ id, name }) => [id, name])) });
  }, [phone, queues]);
}

/** Rings while a call waits to be answered here. True: the browser keeps the page silent until somebody clicks on it. */
export function useRing(calls: Call[]): boolean {
  const { settings } = usePhone();
  const [silenced, setSilenced] = useState(false);
  const ring = ringFor(calls, settings.ring);
  const { speaker } = settings;
  useEffect(() => (ring === null ? undefined : sound(ring, speaker, setSilenced)), [ring, speaker]);
  return silenced && ring !== null;
}

export function ringFor(
  calls: Pick<Call, 'phase' | 'wish' | 'media' | 'autoAnswer'>[],
  wanted: boolean,
): Ring | null {
  const ringing = calls.filter(
    ({ phase, wish, media }) => phase === 'ringing' && !wish && media === 'proposed',
  );
  // Whoever is put through without being asked is told so by a tone, whatever they want to hear otherwise.
  if (ringing.some(({ autoAnswer }) => autoAnswer)) return 'tone';
  if (ringing.length === 0 || !wanted) return null;
  return calls.some(({ phase }) => phase === 'talking') ? 'knock' : 'ring';
}

/** Names a call in the window's title while it rings. */
export function useTitle(calls: Call[]): void {
  const who = calls.find(({ phase }) => phase === 'ringing')?.who;
  useEffect(() => {
    if (who === undefined) return;
    const before = document.title;
    document.title = `${who} is calling`;
    return () => {
      document.title = before;
    };
  }, [who]);
}

/** Asks before the page, and with it a call's sound, is closed. */
export function useWarning(calls: Call[]): void {
  const isHere = calls.some(({ media, phase }) => media === 'here' && phase === 'talking');
  useEffect(() => {
    if (!isHere) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isHere]);
}
