import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Button, Chip, Failure, Skeleton, Trouble } from '../design/components';
import { Icon } from '../design/icons';
import { isChanged, Refusal } from '../foundation/api';
import type { OpenShift } from '../wire/api';
import { useOpenShiftStep, useOpenShifts } from './openShiftQueries';
import { isClaimed, isFree, openPaidOf, openShiftText, openVerdictsOf, outlookText } from './openShifts';
import styles from './Trades.module.css';
import { differenceText, momentText, type Reader, told } from './trades';
import { PaidTime, Verdicts } from './Verdicts';

interface OpenShiftsProps {
  reader: Reader;
  onSaid: (sentence: string) => void;
}

/** Work that belongs to nobody, with what each rule says of one's taking it. */
export function OpenShifts({ reader, onSaid }: OpenShiftsProps) {
  const query = useOpenShifts();
  return (
    <section className={styles.half} aria-labelledby="open-shifts">
      <h3 id="open-shifts">Open shifts</h3>
      {query.isError && !query.data ? (
        <Missing error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <Skeleton height="2.5rem" />
      ) : query.data.length === 0 ? (
        <p className={styles.quiet}>No shift is left open for your team.</p>
      ) : (
        <ul className={styles.list}>
          {query.data.map((shift) => (
            <li key={shift.id}>
              <Open shift={shift} reader={reader} onSaid={onSaid} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What one may not see stays so; all else can be tried again. */
function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && (error.status === 403 || error.status === 404)) {
    return <p className={styles.quiet}>Open shifts are not for you to take: {error.message}</p>;
  }
  return <Trouble onRetry={onRetry}>The open shifts could not be read: {error.message}</Trouble>;
}

function Open({ shift, reader, onSaid }: OpenShiftsProps & { shift: OpenShift }) {
  const paid = `${differenceText(shift.paidMinutes)} paid`;
  return (
    <Disclosure>
      <Heading level={4}>
        <AriaButton slot="trigger" className={styles.trigger ?? ''}>
          <span className={styles.shift}>{openShiftText(shift, reader)}</span>
          <Chip tone={isClaimed(shift) ? 'wait' : isFree(shift) ? 'accent' : 'off'}>
            {outlookText(shift)}
          </Chip>
          <span className={styles.who}>{shift.reason ? `${paid}, ${shift.reason}` : paid}</span>
          <span className={styles.more}>
            <Icon name="down" size={18} />
          </span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        <Verdicts verdicts={openVerdictsOf(shift, reader)} />
        <PaidTime paid={openPaidOf(shift)} />
        <Step shift={shift} reader={reader} onSaid={onSaid} />
      </DisclosurePanel>
    </Disclosure>
  );
}

function Step({ shift, reader, onSaid }: OpenShiftsProps & { shift: OpenShift }) {
  const claimed = isClaimed(shift);
  const step = useOpenShiftStep(claimed ? 'release' : 'take');
  if (!claimed && shift.heldUntil) {
    return (
      <p className={styles.quiet}>
        It is part of an exchange that waits for approval, until {momentText(shift.heldUntil, reader)} at the
        latest. If that comes to nothing it is open again.
      </p>
    );
  }
  if (!claimed && !isFree(shift)) {
    return <p className={styles.quiet}>As your week stands, it is not for you to take.</p>;
  }
  const when = openShiftText(shift, reader);
  const failed = claimed ? 'You still have it: ' : 'It was not taken: ';
  const go = async () => {
    if (step.isPending) return;
    // News may have taken it from the list by then: it is said where it stays to be read.
    try {
      onSaid(doneText(await step.mutateAsync(shift), when, claimed));
    } catch (error) {
      if (isChanged(error)) onSaid(`${claimed ? '' : failed}${told(error.message, reader)}`);
    }
  };
  return (
    <>
      {step.isError && !isChanged(step.error) && (
        <Failure>
          {failed}
          {told(step.error.message, reader)}
        </Failure>
      )}
      <div className={styles.actions}>
        <Button
          look={claimed ? 'quiet' : 'primary'}
          aria-label={`${claimed ? 'Give back' : 'Take'} ${when}`}
          onPress={() => void go()}
        >
          {claimed ? 'Give it back' : 'Take it'}
        </Button>
      </div>
    </>
  );
}

function doneText(done: OpenShift, when: string, wasClaimed: boolean): string {
  if (wasClaimed) return `You gave ${when} back. It is open again.`;
  return `You took ${when}. ${done.state === 'Taken' ? 'It is yours now.' : 'It waits for approval.'}`;
}
