import { useNames } from '../identity/queries';
import { keepingSentences } from './legal';
import { useKeeping } from './queries';

/** What keeps a recording and what is to become of it, for a list of facts; nothing where nothing does. */
export function Keeping({ recordingId }: { recordingId: string }) {
  const { data, error } = useKeeping(recordingId);
  const people = [
    data?.deletion?.askedBy,
    data?.deletion?.approvedBy,
    data?.destruction?.askedBy,
    data?.destruction?.approvedBy,
  ];
  const names = useNames(people);
  if (!data) return error ? <span>Whether it is held could not be read: {error.message}</span> : null;
  return keepingSentences(data, (id) => names.get(id) ?? id).map((sentence) => (
    <span key={sentence}> {sentence}</span>
  ));
}
