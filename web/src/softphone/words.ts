import type { Call, Outcome } from './view';

/** What a call is called, above the name of who it is with. */
export function phaseText(call: Call): string {
  switch (call.phase) {
    case 'ringing':
      if (call.wish === 'answer') return 'Answering';
      return call.autoAnswer ? 'Answering by itself' : 'Incoming call';
    case 'calling':
      return call.wish === 'end' ? 'Ending' : 'Calling';
    case 'talking':
      return call.wish === 'end' ? 'Ending' : talkText(call);
    case 'wrapup':
      return 'After-call work';
    case 'over':
      return call.outcome?.kind === 'missed' ? 'Missed call' : 'Call ended';
  }
}

function talkText(call: Call): string {
  if (call.held) return 'On hold';
  if (call.confined) return 'You are on hold';
  return call.others.filter(({ state }) => state === 'talking').length > 1 ? 'Conference' : 'Talking';
}

/** Says the start of a call once, to whoever does not see it. */
export function ringingSentence(call: Call): string {
  const queue = call.queue?.name ? ` for ${call.queue.name}` : '';
  return call.autoAnswer
    ? `A call from ${call.who}${queue} is answered by itself.`
    : `Incoming call from ${call.who}${queue}.`;
}

export function outcomeSentence(who: string, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'missed':
      return `You did not answer ${who}. The call went on to somebody else, or waits for them.`;
    case 'abandoned':
      return `${who} hung up before you answered.`;
    case 'declined':
      return `You declined the call from ${who}.`;
    case 'unanswered':
      return outcome.sentence ?? `${who} did not answer.`;
    case 'trouble':
      return outcome.sentence ?? `The call with ${who} was lost.`;
    case 'transferred':
      return `${who} was transferred.`;
    case 'left':
      return `You ended the call with ${who}.`;
    case 'ended':
      return `${who} ended the call.`;
  }
}

/** Who else is in the call, beyond the one it is named after. */
export function companyText(call: Call): string | null {
  const company = call.others.filter(({ name }) => name !== call.who);
  if (call.consult !== null || company.length === 0) return null;
  const named = company.map(({ name, state }) => (state === 'calling' ? `${name} (being called)` : name));
  return `With ${named.join(' and ')}.`;
}
