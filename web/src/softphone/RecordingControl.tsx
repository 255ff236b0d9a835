import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useServices } from '../app/services';
import { Failure, Toggle } from '../design/components';
import { Icon } from '../design/icons';
import type { RecordingControl as Control, ParticipantChange } from '../wire/api';
import styles from './CallBlock.module.css';
import { serverSentence } from './trouble';
import type { Call } from './view';

/**
 * Pauses the recording of a call, or goes on; records by hand where the policy leaves it to the agent. It says "paused" only once the
 * server has answered that nothing is kept any more: until then nobody shall read out a card's number.
 */
export function RecordingControl({ call }: { call: Call }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const told = useId();
  const [wished, wish] = useState<'pause' | 'resume' | 'record' | 'stop' | null>(null);
  const [failure, fail] = useState<string | null>(null);
  const control = useQuery({
    queryKey: ['recordingcontrol', call.id, call.recording, call.paused],
    queryFn: ({ signal }) => api.get<Control>(`/shiftline/conversations/${call.id}/recordingcontrol`, signal),
  }).data;
  if (control === undefined || call.ownId === null) return null;
  const byHand = control.snippet.allowed;
  if (!call.recording && !byHand) return null;

  const change = async (asked: NonNullable<typeof wished>, body: ParticipantChange) => {
    wish(asked);
    fail(null);
    try {
      await api.patch(`/conversations/calls/${call.id}/participants/${call.ownId}`, body);
      await queries.invalidateQueries({ queryKey: ['recordingcontrol', call.id] });
    } catch (error) {
      fail(serverSentence(error));
    } finally {
      wish(null);
    }
  };
  const isPaused = call.paused && wished !== 'pause';
  const forbidden = call.recording && !control.pause.allowed && !call.paused;
  return (
    <div className={styles.recording}>
      {byHand && (
        <Toggle
          isSelected={control.snippetSince !== null}
          isDisabled={wished !== null}
          onChange={(recording) => void change(recording ? 'record' : 'stop', { recording })}
        >
          <Icon name="record" /> Record
        </Toggle>
      )}
      {call.recording && (
        <Toggle
          isSelected={isPaused}
          isDisabled={wished !== null || forbidden}
          aria-describedby={told}
          onChange={(paused) =>
            void change(paused ? 'pause' : 'resume', { recordingState: paused ? 'paused' : 'active' })
          }
        >
          <Icon name="pause" /> Pause recording
        </Toggle>
      )}
      <p id={told} role="status" className={styles.recordingText}>
        {sentenceOf(call, control, wished, forbidden)}
      </p>
      {failure !== null && <Failure>{failure}</Failure>}
    </div>
  );
}

export function sentenceOf(
  call: Pick<Call, 'recording' | 'paused'>,
  control: Pick<Control, 'pause'>,
  wished: string | null,
  forbidden: boolean,
): string {
  if (wished === 'pause') return 'Pausing… say nothing secret yet.';
  if (wished === 'resume') return 'Going on with the recording…';
  if (call.paused) return 'Paused: nothing that is said is kept, on either side.';
  return forbidden ? control.pause.sentence : '';
}
