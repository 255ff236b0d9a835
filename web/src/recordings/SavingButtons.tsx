import { useMutation } from '@tanstack/react-query';
import { useServices } from '../app/services';
import { Button, Failure } from '../design/components';
import { saveAs } from '../foundation/saving';
import styles from './Player.module.css';
import { why } from './queries';
import { type RecordedCall, type Saving, savingsOf } from './recorded';

/** A call as files. Whoever saves one stands in its access log, with the reason that they gave. */
export function SavingButtons({ call, reason }: { call: RecordedCall; reason: string | null }) {
  const { api } = useServices();
  const saving = useMutation({
    mutationFn: async ({ id, query, name }: Saving) => {
      const asked = [query, why(reason)].filter(Boolean).join('&');
      saveAs(await api.blob(`/shiftline/recordings/${id}/media?${asked}`), name);
    },
  });
  return (
    <div className={styles.savings}>
      {savingsOf(call).map((each) => (
        <Button key={each.key} isDisabled={saving.isPending} onPress={() => saving.mutate(each)}>
          {each.label}
        </Button>
      ))}
      <span role="status">{saving.isPending && `${saving.variables.name} is being fetched.`}</span>
      {saving.isError && <Failure>Not saved: {saving.error.message}</Failure>}
    </div>
  );
}
