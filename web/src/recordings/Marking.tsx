import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, useSaid } from '../design/components';
import { NoteField } from '../design/fields';
import { tell } from '../foundation/refusals';
import { holds } from '../identity/permissions';
import { usePermissions } from '../identity/queries';
import { countText } from '../legal/legal';
import { useMark } from '../legal/queries';
import type { RecordedCall } from './recorded';

/** All recordings of a conversation are marked for deletion: the first of two approvals. What is held, the server refuses. */
export function Marking({ call }: { call: RecordedCall }) {
  const permissions = usePermissions().data ?? [];
  const [said, say] = useSaid();
  const [reason, setReason] = useState('');
  const mark = useMark();
  const told = tell(mark.error, ['reason'], 'Not marked');
  const recordingIds = call.legs.map(({ id }) => id);
  if (!holds(permissions, 'recording:deletion:mark') || call.state !== 'sealed') return null;
  const go = async () => {
    if (!(await done(mark.mutateAsync({ recordingIds, reason })))) return false;
    setReason('');
    say(`Marked: ${countText(recordingIds.length)}. Somebody else must approve it.`);
    return true;
  };
  return (
    <div>
      {said}
      <AskPanel
        button={<Button onPress={() => mark.reset()}>Mark for deletion</Button>}
        title="Mark for deletion?"
        act="Mark it"
        look="danger"
        problem={told.sentence}
        onAct={go}
      >
        <p>
          {countText(recordingIds.length)} of this conversation will be destroyed once a second person has
          approved it and the days of grace are over.
        </p>
        <NoteField label="Why" value={reason} onChange={setReason} problem={told.at('reason')} />
      </AskPanel>
    </div>
  );
}
