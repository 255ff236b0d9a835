import type { WrapupPrompt } from '../wire/api';

/** What is expected of whoever does after-call work. */
export function promptSentence(prompt: WrapupPrompt): string {
  switch (prompt) {
    case 'mandatory':
      return 'An outcome is needed before the next call.';
    case 'optional':
    case 'agentRequested':
      return 'An outcome is welcome, and not needed.';
    case 'timeout':
      return 'An outcome is needed; the next call may come when the time is over.';
    case 'forcedTimeout':
      return 'The next call comes when the time is over, not before.';
  }
}
