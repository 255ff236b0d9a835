import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Button, Card, Chip, Failure, Skeleton, Trouble, useSaid } from '../design/components';
import { SelectField } from '../design/fields';
import { Icon } from '../design/icons';
import { Refusal } from '../foundation/api';
import { saying } from '../foundation/queries';
import { useShiftsAhead, useUnit } from '../schedule/queries';
import type { Opening, Trade } from '../wire/api';
import { OpenShifts } from './OpenShifts';
import { useMyTrades, useOpenings, useReader, useTake, useWithdraw } from './queries';
import { RingsSection } from './RingsSection';
import styles from './Trades.module.css';
import {
  differenceText,
  isOpen,
  lengthOf,
  momentText,
  nameOf,
  type Option,
  optionsOf,
  orderTrades,
  paidOf,
  peopleOf,
  type Reader,
  reasonText,
  STATES,
  shiftText,
  spanText,
  told,
  tradeText,
  verdictsOf,
} from './trades';
import { PaidTime, Verdicts } from './Verdicts';

/** What one could take, and what becomes of what one has offered and taken. */
export function TradesCard() {
  const [said, say] = useSaid();
  const trades = useMyTrades();
  const openings = useOpenings(useUnit().data);
  const all = [...(trades.data ?? []), ...(openings.data ?? []).map(({ trade }) => trade)];
  const reader = useReader(peopleOf(all));
  return (
    <Card title="Shift trades" id="trades">
      {said}
      {trades.isError && !trades.data ? (
        <Missing error={trades.error} onRetry={() => void trades.refetch()} />
      ) : reader && trades.data ? (
        <>
          <div className={styles.halves}>
            <section className={styles.half} aria-labelledby="openings">
              <h3 id="openings">Offers that you could take</h3>
              <Openings query={openings} reader={reader} onSaid={say} />
            </section>
            <section className={styles.half} aria-labelledby="own-trades">
              <h3 id="own-trades">Your trades</h3>
              <Own trades={trades.data} reader={reader} onSaid={say} />
            </section>
            <OpenShifts reader={reader} onSaid={say} />
          </div>
          <RingsSection onSaid={say} />
        </>
      ) : (
        <Skeleton height="5rem" />
      )}
    </Card>
  );
}

/** What one may not do stays refused; all else can be tried again. */
function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && error.status === 403) {
    return <p className={styles.quiet}>You cannot trade shifts: {error.message}</p>;
  }
  return <Trouble onRetry={onRetry}>The trades could not be read: {error.message}</Trouble>;
}

interface OpeningsProps {
  query: ReturnType<typeof useOpenings>;
  reader: Reader;
  onSaid: (sentence: string) => void;
}

function Openings({ query, reader, onSaid }: OpeningsProps) {
  const unit = useUnit().data;
  if (unit?.id === null) {
    return <p className={styles.quiet}>Shifts are traded within a management unit, and you are in none.</p>;
  }
  if (query.isError && !query.data) {
    return <Missing error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (!query.data) return <Skeleton height="2.5rem" />;
  if (query.data.length === 0) return <p className={styles.quiet}>Nothing that you could take is offered.</p>;
  const start = ({ trade }: Opening) => Date.parse(trade.initiating.shift.startDate);
  return (
    <ul className={styles.list}>
      {[...query.data]
        .sort((a, b) => start(a) - start(b))
        .map((opening) => (
          <li key={opening.trade.id}>
            <Offered opening={opening} reader={reader} onSaid={onSaid} />
          </li>
        ))}
    </ul>
  );
}

function Offered({ opening, reader, onSaid }: { opening: Opening } & Omit<OpeningsProps, 'query'>) {
  const { trade } = opening;
  const options = optionsOf(opening);
  const differences = new Set(options.map(({ review }) => review.receivingUser?.paidMinutesDifference ?? 0));
  const [difference = 0] = differences;
  return (
    <Disclosure className={styles.offered ?? ''}>
      <Heading level={4}>
        <AriaButton slot="trigger" className={styles.trigger ?? ''}>
          <span className={styles.shift}>{shiftText(trade.initiating.shift, reader)}</span>
          <Chip tone={trade.target ? 'wait' : 'off'}>
            {differences.size > 1 ? 'depends on what you give' : paidText(difference)}
          </Chip>
          <span className={styles.who}>
            {nameOf(trade.initiating.user.id, reader)},{' '}
            {trade.oneSided ? 'for nothing' : 'for a shift of yours'}
            {trade.target && ', offered to you alone'}
          </span>
          <span className={styles.more}>
            <Icon name="down" size={18} />
          </span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        <Taking trade={trade} options={options} reader={reader} onSaid={onSaid} />
      </DisclosurePanel>
    </Disclosure>
  );
}

const paidText = (minutes: number) => (minutes === 0 ? 'paid the same' : `${differenceText(minutes)} paid`);

const NOTHING = 'nothing';

function Taking(props: {
  trade: Trade;
  options: Option[];
  reader: Reader;
  onSaid: (sentence: string) => void;
}) {
  const { trade, options, reader } = props;
  const own = useShiftsAhead().data ?? [];
  const [chosen, choose] = useState<string | null>(null);
  const take = useTake();
  const option = options.find(({ shiftId }) => (shiftId ?? NOTHING) === chosen) ?? options[0];
  const given = own.find(({ id }) => id === option?.shiftId) ?? null;
  const takeIt = useMutation({
    mutationFn: async () => {
      const result = await take.mutateAsync({ trade, shift: given });
      const against = result?.matchReview.violations.map(({ params }) => params.sentence ?? '') ?? [];
      if (against.length > 0) throw new Error(against.join(' '));
      return result?.trade;
    },
    onSuccess: (taken) => taken && props.onSaid(takenText(taken, reader)),
  });
  if (!option) return null;
  return (
    <>
      {(options.length > 1 || option.shiftId !== null) && (
        <SelectField
          label="You give"
          choices={options.map(({ shiftId }) => ({
            id: shiftId ?? NOTHING,
            name: shiftId === null ? 'Nothing' : ownText(own, shiftId, reader),
          }))}
          chosen={option.shiftId ?? NOTHING}
          onChoose={choose}
        />
      )}
      <Verdicts verdicts={verdictsOf(option.review, reader)} />
      <PaidTime paid={paidOf(option.review, trade, reader.meId, reader)} />
      <p className={styles.quiet}>
        {lengthOf(trade.initiating.shift)} long; open until {momentText(trade.expirationDate, reader)}.
      </p>
      {takeIt.isError && <Failure>It was not taken: {told(takeIt.error.message, reader)}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" onPress={() => !takeIt.isPending && takeIt.mutate()}>
          Take it
        </Button>
      </div>
    </>
  );
}

function ownText(
  own: { id: string; startDate: string; lengthMinutes: number }[],
  shiftId: string,
  reader: Reader,
): string {
  const shift = own.find(({ id }) => id === shiftId);
  if (!shift) return 'A shift of yours';
  const startMs = Date.parse(shift.startDate);
  return spanText(startMs, startMs + shift.lengthMinutes * 60_000, reader.offsets);
}

function takenText(taken: Trade, reader: Reader): string {
  const shift = shiftText(taken.initiating.shift, reader);
  const done = taken.state === 'Approved' ? 'It is yours now.' : 'It waits for approval.';
  return `You took ${shift}. ${done} ${taken.decidedBy ? told(taken.decidedBy.sentence, reader) : ''}`.trim();
}

/** What is over stays to be seen for a while, and no longer than that in full. */
const OVER_SHOWN = 5;

function Own({
  trades,
  reader,
  onSaid,
}: {
  trades: Trade[];
  reader: Reader;
  onSaid: (said: string) => void;
}) {
  const [isAll, setAll] = useState(false);
  if (trades.length === 0) {
    return (
      <p className={styles.quiet}>
        You have offered and taken nothing. Choose a day of your week to offer its shift.
      </p>
    );
  }
  const ordered = orderTrades(trades);
  const shown = isAll ? ordered : ordered.slice(0, trades.filter(isOpen).length + OVER_SHOWN);
  return (
    <>
      <ul className={styles.list}>
        {shown.map((trade) => (
          <li key={trade.id}>
            <OwnTrade trade={trade} reader={reader} onSaid={onSaid} />
          </li>
        ))}
      </ul>
      {shown.length < ordered.length && (
        <Button look="quiet" onPress={() => setAll(true)}>
          Show {ordered.length - shown.length} more
        </Button>
      )}
    </>
  );
}

function OwnTrade({
  trade,
  reader,
  onSaid,
}: {
  trade: Trade;
  reader: Reader;
  onSaid: (said: string) => void;
}) {
  const withdraw = useWithdraw();
  const { tone, text } = STATES[trade.state];
  const review = trade.matchReview;
  const takerId = trade.receiving?.user.id;
  return (
    <article className={styles.own}>
      <div className={styles.head}>
        <p className={styles.shift}>{tradeText(trade, reader)}</p>
        <Chip tone={tone}>{text}</Chip>
      </div>
      <p className={styles.quiet}>{reasonText(trade, reader)}</p>
      {review && takerId && <PaidTime paid={paidOf(review, trade, takerId, reader)} />}
      {withdraw.isError && <Failure>It still stands: {told(withdraw.error.message, reader)}</Failure>}
      {isOpen(trade) && trade.initiating.user.id === reader.meId && (
        <span>
          <Button
            aria-label={`Withdraw ${shiftText(trade.initiating.shift, reader)}`}
            onPress={() =>
              !withdraw.isPending &&
              saying(withdraw.mutateAsync(trade), () =>
                onSaid(`You keep ${shiftText(trade.initiating.shift, reader)}.`),
              )
            }
          >
            Withdraw
          </Button>
        </span>
      )}
    </article>
  );
}
