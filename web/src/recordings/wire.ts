/** A recorded leg, with all that is known of it. */
export interface Recording {
  id: string;
  conversationId: string;
  participantId: string;
  state: 'open' | 'stopping' | 'sealed' | 'lost';
  startTime: string;
  timeZone: string;
  /** Of the zone at the start, such as `-05:00`. */
  utcOffset: string;
  participants: { id: string; purpose: string; name?: string | null; address?: string | null }[];
  userId?: string | null;
  endedBy?: string | null;
  durationMs?: number | null;
  packetsLost?: number | null;
  sha256?: string | null;
}
