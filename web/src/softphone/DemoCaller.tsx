import { useMutation, useQuery } from '@tanstack/react-query';
import { useServices } from '../app/services';
import { Button } from '../design/components';
import { Icon } from '../design/icons';
import { Refusal } from '../foundation/api';

const CALLERS = '/shiftline/demo/callers';

/** Sends a synthetic caller, where the installation is a demo; elsewhere there is no such path, and no button. */
export function DemoCaller() {
  const { api } = useServices();
  const demo = useQuery({
    queryKey: ['demo'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      api
        .get(CALLERS, signal)
        .then(() => true)
        .catch((error: unknown) => {
          // Only the path's being there is asked for; that it has nothing to read is an answer, too.
          if (error instanceof Refusal && error.status < 500) return error.status !== 404;
          throw error;
        }),
  });
  const send = useMutation({ mutationFn: () => api.post(CALLERS, { count: 1 }) });
  if (!demo.data) return null;
  return (
    <>
      <Button onPress={() => !send.isPending && send.mutate()}>
        <Icon name="bell" /> Ring me: send a caller
      </Button>
      <span role="status" className="visually-hidden">
        {send.isSuccess && 'A caller is on the way.'}
      </span>
      {send.isError && <span role="alert">{send.error.message}</span>}
    </>
  );
}
