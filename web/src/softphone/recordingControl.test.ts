import { describe, expect, it } from 'vitest';
import { sentenceOf } from './RecordingControl';

const pause = { allowed: false, code: 'pause.forbidden', sentence: 'You may not pause the recording: …' };

describe('what is said of a recording', () => {
  it('calls nothing paused before the server has answered', () => {
    const call = { recording: true, paused: true };
    expect(sentenceOf(call, { pause }, 'pause', false)).toContain('say nothing secret yet');
    expect(sentenceOf(call, { pause }, null, false)).toContain('nothing that is said is kept');
  });

  it('says why it may not pause', () => {
    expect(sentenceOf({ recording: true, paused: false }, { pause }, null, true)).toBe(pause.sentence);
    expect(sentenceOf({ recording: true, paused: false }, { pause }, null, false)).toBe('');
  });
});
