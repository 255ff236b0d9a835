import { inWords } from '../access/explain';
import type { Tone } from '../design/components';
import { lengthText, nameIn, tellIn } from '../foundation/time';
import { dayName } from '../schedule/dates';
import { DAY, dateText, MINUTE, type Offsets, timeText, wallAt } from '../schedule/offsets';
import type { MatchReview, Opening, SidePay, Trade, TradedShift, TradeState } from '../wire/api';

/** For whom trades are told: their names for people, and the wall that their instants stand on. */
export interface Reader {
  meId: string;
  names: ReadonlyMap<string, string>;
  zone: string;
  offsets: Offsets;
}

export const STATES: Record<TradeState, { tone: Tone; text: string }> = {
  Unmatched: { tone: 'accent', text: 'Open' },
  Matched: { tone: 'wait', text: 'Waits for approval' },
  Approved: { tone: 'good', text: 'Approved' },
  Denied: { tone: 'bad', text: 'Denied' },
  Expired: { tone: 'off', text: 'Expired' },
  Canceled: { tone: 'off', text: 'Withdrawn' },
};

/** Whether anything can still become of it. */
export const isOpen = ({ state }: Trade) => state === 'Unmatched' || state === 'Matched';

/** `Sat 28 Oct, 06:00–14:00`, `Sat 28 Oct, 22:00–06:00`; where that would be misread, with the day on which it ends. */
export function spanText(start: string | number, end: string | number, offsets: Offsets): string {
  const [from, to] = [start, end].map((each) => wallAt(offsets, new Date(each).getTime()));
  if (from === undefined || to === undefined) return '';
  const [first, last] = [dateText(from), dateText(to)];
  const isNight = to - from < DAY && timeText(to) < timeText(from);
  const ends = first === last || isNight ? timeText(to) : `${dayName(last)}, ${timeText(to)}`;
  return `${dayName(first)}, ${timeText(from)}–${ends}`;
}

export const momentText = (instant: string, { offsets }: Reader): string => {
  const wall = wallAt(offsets, Date.parse(instant));
  return `${dayName(dateText(wall))}, ${timeText(wall)}`;
};

export const shiftText = ({ startDate, endDate }: TradedShift, { offsets }: Reader) =>
  spanText(startDate, endDate, offsets);

/** A person at the beginning of a line. */
export const nameOf = (id: string, { names, meId }: Reader): string =>
  id === meId ? 'You' : (names.get(id) ?? 'A colleague');

/** A person to whom something goes. */
const nameAfter = (id: string, { names, meId }: Reader): string =>
  id === meId ? 'you' : (names.get(id) ?? 'a colleague');

/** A sentence of the server, for its reader. */
export const told = (sentence: string, { zone, names }: Reader) => nameIn(names, tellIn(zone, sentence));

/** Everybody whom trades name. */
export function peopleOf(trades: Iterable<Trade>): string[] {
  return [...trades].flatMap(({ initiating, receiving, target }) =>
    [initiating.user.id, receiving?.user.id, target?.user.id].filter((id) => id !== undefined),
  );
}

/** What changes hands, in one line. */
export function tradeText(trade: Trade, reader: Reader): string {
  const offered = shiftText(trade.initiating.shift, reader);
  const own = trade.initiating.user.id === reader.meId;
  const giver = own ? 'Your shift' : `${nameOf(trade.initiating.user.id, reader)}’s shift`;
  const { receiving } = trade;
  if (receiving) {
    const given = receiving.shift;
    const back = given ? `, for ${shiftText(given, reader)}` : '';
    return `${giver} ${offered} goes to ${nameAfter(receiving.user.id, reader)}${back}`;
  }
  const target = trade.target?.user.id;
  const toWhom = target === undefined ? '' : ` to ${nameAfter(target, reader)}`;
  return `${giver} ${offered}, offered${toWhom} ${trade.oneSided ? 'for nothing in return' : 'for another shift'}`;
}

/** Why a trade stands as it does. */
export function reasonText(trade: Trade, reader: Reader): string {
  const stops = trade.matchReview?.violations.map(({ params }) => params.sentence ?? '') ?? [];
  if (trade.state === 'Matched' && stops.length > 0) {
    return `It no longer holds: ${stops.map((each) => told(each, reader)).join(' ')}`;
  }
  if (trade.state === 'Unmatched') {
    const within = trade.acceptableIntervals.map((each) =>
      spanText(each.startDate, each.endDate, reader.offsets),
    );
    const open = `Open until ${momentText(trade.expirationDate, reader)}.`;
    return within.length > 0 ? `${open} The other shift lies within ${within.join(', or ')}.` : open;
  }
  if (trade.state === 'Expired') {
    return trade.receiving
      ? 'Nobody had decided it when the first of its shifts started.'
      : `Nobody had taken it until ${momentText(trade.expirationDate, reader)}.`;
  }
  if (trade.state === 'Canceled') return 'Whoever offered it took it back.';
  return trade.decidedBy ? told(trade.decidedBy.sentence, reader) : '';
}

/** Open ones first, by their shift; then what is over, the latest first. */
export function orderTrades(trades: Trade[]): Trade[] {
  const start = (trade: Trade) => Date.parse(trade.initiating.shift.startDate);
  return [...trades].sort((a, b) => {
    if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1;
    return isOpen(a)
      ? start(a) - start(b)
      : Date.parse(b.metadata.dateModified) - Date.parse(a.metadata.dateModified);
  });
}

/** The undecided trade that a shift stands in, offered or given. */
export function tradeOf(shiftId: string, trades: Trade[]): Trade | undefined {
  return trades.find(
    (trade) =>
      isOpen(trade) && (trade.initiating.shift.id === shiftId || trade.receiving?.shift?.id === shiftId),
  );
}

/** A rule that speaks, with what follows from it. */
export interface Verdict {
  key: string;
  follows: 'refused' | 'reviewed' | 'unknown';
  sentence: string;
}

/** What the rules say: those that refuse, those that ask for a review, those that could not be judged. The others hold. */
export function verdictsOf(review: MatchReview, reader: Reader): Verdict[] {
  const spoken = (violations: MatchReview['violations'], follows: Verdict['follows']) =>
    violations.map(({ type, params }, index) => ({
      key: `${follows} ${type} ${index}`,
      follows,
      sentence: told(params.sentence ?? inWords(type), reader),
    }));
  const unknown = [...new Set(review.unevaluatedRules.map(unknownText))];
  return [
    ...spoken(review.violations, 'refused'),
    ...spoken(review.adminReviewViolations, 'reviewed'),
    ...unknown.map((sentence) => ({ key: sentence, follows: 'unknown' as const, sentence })),
  ];
}

const PAID_TIME = /^(?:Initiating|Receiving)Weekly(Min|Max)PaidTime$/;

function unknownText(rule: string): string {
  const [, side] = PAID_TIME.exec(rule) ?? [];
  if (side === undefined) return `${inWords(rule)}.`;
  return `a week’s ${side === 'Min' ? 'least' : 'most'} paid time, which is not set for everybody here.`;
}

/** The paid time of one side, over all the weeks that the trade touches. */
export interface Paid {
  side: 'gives' | 'takes';
  /** Where several are told beside the two sides: whose it is. Names come later, and until then they are the same. */
  personId?: string;
  who: string;
  before: string;
  after: string;
  difference: string;
}

export function paidOf(review: MatchReview, trade: Trade, takerId: string, reader: Reader): Paid[] {
  const sides: { side: Paid['side']; id: string; pay: SidePay | null | undefined }[] = [
    { side: 'gives', id: trade.initiating.user.id, pay: review.initiatingUser },
    { side: 'takes', id: takerId, pay: review.receivingUser },
  ];
  return sides
    .sort((a, b) => Number(b.id === reader.meId) - Number(a.id === reader.meId))
    .flatMap(({ side, id, pay }) =>
      pay
        ? [
            {
              side,
              who: nameOf(id, reader),
              before: lengthText(pay.preTradeSchedulePaidMinutes),
              after: lengthText(pay.postTradeSchedulePaidMinutes),
              difference: differenceText(pay.paidMinutesDifference),
            },
          ]
        : [],
    );
}

/** `+8 h`, `−30 m`, `the same`. */
export function differenceText(minutes: number): string {
  if (minutes === 0) return 'the same';
  return `${minutes > 0 ? '+' : '−'}${lengthText(Math.abs(minutes))}`;
}

/** One way of taking an offer. */
export interface Option {
  /** The shift that is given; null for nothing. */
  shiftId: string | null;
  review: MatchReview;
}

export function optionsOf(opening: Opening): Option[] {
  const given = opening.receivingShiftMatches.flatMap(({ shiftIds, matchReview }) => {
    const [shiftId] = shiftIds;
    return shiftId !== undefined && matchReview ? [{ shiftId, review: matchReview }] : [];
  });
  return opening.matchReview ? [{ shiftId: null, review: opening.matchReview }, ...given] : given;
}

export const lengthOf = ({ startDate, endDate }: TradedShift) =>
  lengthText((Date.parse(endDate) - Date.parse(startDate)) / MINUTE);
