import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { useMe } from '../identity/queries';
import type { Answering, MailReply, Transcript, WrittenChange, WrittenListing } from '../wire/api';
import { type Conversation, conversationsOf, order } from './written';

const WRITTEN = 'written';

/** The agent's conversations by message and e-mail: read once, then at each news of them. */
export function useWritten() {
  const { api } = useServices();
  const queries = useQueryClient();
  const meId = useMe().data?.id;
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const again = () => void queries.invalidateQueries({ queryKey: [WRITTEN] });
  const own = meId === undefined ? null : `v2.users.${meId}.conversations`;
  useTopic(own && `${own}.messages`, again);
  useTopic(own && `${own}.emails`, again);
  return useQuery<Conversation[]>({
    queryKey: [WRITTEN, 'own', meId],
    enabled: meId !== undefined,
    staleTime: 0,
    refetchInterval: (query) => readAgainIn(news, query),
    queryFn: async ({ signal }) => {
      const [messages, emails] = await Promise.all([
        api.get<WrittenListing>('/conversations/messages', signal),
        api.get<WrittenListing>('/conversations/emails', signal),
      ]);
      return order([
        ...conversationsOf(messages.entities, 'messages', meId ?? ''),
        ...conversationsOf(emails.entities, 'emails', meId ?? ''),
      ]);
    },
  });
}

/** All that was written in a conversation. */
export function useTranscript(id: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: [WRITTEN, 'transcript', id],
    staleTime: 0,
    queryFn: ({ signal }) =>
      api.get<Transcript>(`/shiftline/messaging/conversations/${id}/transcript`, signal),
  });
}

/** Accepting, declining, ending, wrapping up. */
export function useChange({ id, medium, ownId }: Conversation) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: WrittenChange) =>
      medium === 'emails'
        ? api.patch(`/conversations/emails/${id}/participants/${ownId}`, body)
        : api.patch(`/conversations/messages/${id}/participants/${ownId}`, body),
    onSettled: () => queries.invalidateQueries({ queryKey: [WRITTEN] }),
  });
}

/** Handing a conversation on to a queue: whoever accepts there reads all of it. */
export function useHandOn({ id, medium, ownId }: Conversation) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (queueId: string) =>
      medium === 'emails'
        ? api.post(`/conversations/emails/${id}/participants/${ownId}/replace`, { queueId })
        : api.post(`/conversations/messages/${id}/participants/${ownId}/replace`, { queueId }),
    onSettled: () => queries.invalidateQueries({ queryKey: [WRITTEN] }),
  });
}

/** Answering: by message under an id of its own, so that a repeat is safe; or by e-mail. */
export function useAnswer({ id, medium, ownId }: Conversation) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ text, clientId }: { text: string; clientId: string }) => {
      if (medium === 'emails') {
        const reply: MailReply = { textBody: text };
        return api.post(`/conversations/emails/${id}/messages`, reply);
      }
      const whole = await api.get<{
        participants: { id: string; messages?: { id: string }[] | null }[];
      }>(`/conversations/${id}`);
      const own = whole.participants.find((each) => each.id === ownId)?.messages?.[0]?.id;
      const answer: Answering = { textBody: text, clientId };
      return api.post(`/conversations/messages/${id}/communications/${own}/messages`, answer);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [WRITTEN] }),
  });
}
