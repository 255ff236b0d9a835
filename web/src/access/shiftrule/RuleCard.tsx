import { useState } from 'react';
import { AskPanel, done } from '../../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../../design/components';
import { LineField } from '../../design/fields';
import { tell } from '../../foundation/refusals';
import { dayAndTime } from '../../foundation/time';
import { useNames } from '../../identity/queries';
import { Missing } from '../../team/Missing';
import type { ShiftRule } from '../../wire/api';
import styles from '../Asking.module.css';
import { useSimulate } from '../queries';
import { TrialFound } from '../TrialFound';
import { useChangeRule, useShiftRule } from './queries';
import {
  DAYS_TRIED,
  decisivePart,
  FIELD,
  ruleOf,
  ruleText,
  ruleTrial,
  type TypedRule,
  typedRule,
} from './rule';

/** The tenant's rule "softphone only within a shift": what it says, and the way to switch it, which leads through its trial. */
export function RuleCard({ zone, mayEdit }: { zone: string; mayEdit: boolean }) {
  const [said, say] = useSaid();
  const found = useShiftRule();
  const rule = found.data;
  return (
    <Card title="Softphone only within a shift" id="shift-rule">
      {said}
      {found.isError && !rule ? (
        <Missing what="The rule’s settings" error={found.error} onRetry={() => void found.refetch()} />
      ) : !rule ? (
        <Skeleton height="10rem" />
      ) : (
        <RuleState rule={rule} zone={zone} mayEdit={mayEdit} onSaid={say} />
      )}
    </Card>
  );
}

interface RuleProps {
  rule: ShiftRule;
  zone: string;
  onSaid: (sentence: string) => void;
}

function RuleState({ mayEdit, ...props }: RuleProps & { mayEdit: boolean }) {
  const { rule, zone } = props;
  const by = useNames([rule.switchedBy?.id]).get(rule.switchedBy?.id ?? '') ?? rule.switchedBy?.id;
  return (
    <div className={styles.decided}>
      <div className={styles.verdict}>
        <Chip tone={rule.enabled ? 'accent' : 'off'}>{rule.enabled ? 'On' : 'Off'}</Chip>
        <p className={styles.sentence}>{ruleText(rule)}</p>
        <p className={styles.small}>{switchedText(rule, by, zone)}</p>
      </div>
      {mayEdit ? (
        // What is typed is of the rule as it was read: of another it begins anew.
        <RuleForm key={JSON.stringify(rule)} {...props} />
      ) : (
        <p className={styles.quiet}>
          Whoever holds telephony:settings:edit and access:decision:view changes it here.
        </p>
      )}
    </div>
  );
}

function switchedText({ enabled, dateSwitched }: ShiftRule, by: string | undefined, zone: string): string {
  const state = enabled ? 'On' : 'Off';
  if (!dateSwitched) return `${state}, as it is by default.`;
  return `${state} since ${dayAndTime(Date.parse(dateSwitched), zone)}${by === undefined ? '' : `, by ${by}`}.`;
}

const LABELS: Record<keyof TypedRule, string> = {
  graceBefore: 'Grace before a shift, minutes',
  graceAfter: 'Grace after a shift, minutes',
  overrideDefault: 'An override lasts, minutes',
  overrideMost: 'An override lasts at most, minutes',
};
const NUMBERS = Object.keys(LABELS) as (keyof TypedRule)[];
const FIELDS = Object.values(FIELD);
/** What else there is of the rule stands below. */
const FLIPS_SHOWN = 10;
const NOTHING_WRONG: ReadonlyMap<string, string> = new Map();

/** The rule as it is typed, tried on everybody: what came of that counts while nothing else that decides is typed. */
function useTrialOf(typed: TypedRule) {
  const [triedPart, setTried] = useState<string | null>(null);
  const simulate = useSimulate();
  const next = ruleOf(typed, true);
  const part = 'rule' in next ? decisivePart(next.rule) : null;
  const look = (rule: ShiftRule) => {
    if (simulate.isPending) return;
    setTried(decisivePart(rule));
    simulate.mutate(ruleTrial(rule));
  };
  return { part, look, simulate, found: part !== null && part === triedPart ? simulate.data : undefined };
}

function RuleForm({ rule, zone, onSaid }: RuleProps) {
  const [typed, setTyped] = useState(typedRule(rule));
  const [wrong, setWrong] = useState(NOTHING_WRONG);
  const { part, look, simulate, found } = useTrialOf(typed);
  const change = useChangeRule();
  const told = tell(change.error, FIELDS, 'Not changed');
  const read = (enabled: boolean) => {
    const next = ruleOf(typed, enabled);
    setWrong('wrong' in next ? next.wrong : NOTHING_WRONG);
    return 'rule' in next ? next.rule : null;
  };
  const type = (name: keyof TypedRule, value: string) => {
    setTyped({ ...typed, [name]: value });
    // What was refused was something else.
    setWrong(NOTHING_WRONG);
    if (change.isError) change.reset();
  };
  const put = async (enabled: boolean, sentence: string) => {
    const next = read(enabled);
    if (next === null || change.isPending || !(await done(change.mutateAsync(next)))) return false;
    onSaid(sentence);
    return true;
  };
  const state: Switching = {
    isOn: rule.enabled,
    isSame: NUMBERS.every((name) => typed[name] === typedRule(rule)[name]),
    decides: part !== decisivePart(rule),
    isTried: found !== undefined && found.refused === null,
    isRefused: found !== undefined && found.refused !== null,
  };
  return (
    <form
      className={styles.form}
      aria-label="The rule as it would be"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const next = read(true);
        if (next !== null) look(next);
      }}
    >
      <div className={styles.fields}>
        {NUMBERS.map((name) => (
          <LineField
            key={name}
            label={LABELS[name]}
            type="number"
            value={typed[name]}
            onChange={(value) => type(name, value)}
            problem={wrong.get(FIELD[name]) ?? told.at(FIELD[name])}
          />
        ))}
      </div>
      {simulate.isError && <Failure>{tell(simulate.error, [], 'Not tried').sentence}</Failure>}
      {told.sentence !== null && <Failure>{told.sentence}</Failure>}
      <div className={styles.actions}>
        <Button look={state.isTried ? 'plain' : 'primary'} type="submit">
          {simulate.isPending ? 'Being tried…' : 'See whom it would keep out'}
        </Button>
        <Switches {...state} onPut={put} problem={told.sentence} />
      </div>
      <NotYet {...state} />
      <section className={styles.answer} aria-label="Whom it would keep out" aria-busy={simulate.isPending}>
        {simulate.isPending ? (
          <Skeleton height="8rem" />
        ) : (
          found && <TrialFound key={found.id} found={found} zone={zone} size={FLIPS_SHOWN} />
        )}
      </section>
    </form>
  );
}

interface Switching {
  isOn: boolean;
  /** What is typed is what stands. */
  isSame: boolean;
  /** What is typed would let others in than what stands. */
  decides: boolean;
  isTried: boolean;
  /** It was tried, and would be refused. */
  isRefused: boolean;
}

function Switches(
  props: Switching & {
    onPut: (enabled: boolean, sentence: string) => Promise<boolean>;
    problem: string | null;
  },
) {
  const { isOn, isSame, decides, isTried, onPut } = props;
  const look = isTried ? 'primary' : 'plain';
  if (isOn) {
    return (
      <>
        <Button
          look={look}
          isDisabled={isSame || (decides && !isTried)}
          onPress={() => void onPut(true, 'Changed. It holds from now on, also for who is connected.')}
        >
          Change
        </Button>
        <AskPanel
          button={<Button>Switch off</Button>}
          title="Switch the rule off?"
          act="Switch it off"
          problem={props.problem}
          onAct={() => onPut(false, 'Switched off. Softphones connect at any time.')}
        >
          <p>Whoever may use the softphone connects at any time then, with or without a shift.</p>
        </AskPanel>
      </>
    );
  }
  return (
    <>
      <Button
        look={look}
        isDisabled={!isTried}
        onPress={() => void onPut(true, 'Switched on. Softphones connect within a published shift only.')}
      >
        Switch on
      </Button>
      {!isSame && (
        <Button look="quiet" onPress={() => void onPut(false, 'Changed. The rule stays off.')}>
          Change, still off
        </Button>
      )}
    </>
  );
}

/** Why it cannot be switched or changed yet, where it cannot. */
function NotYet({ isOn, decides, isTried, isRefused }: Switching) {
  if (isTried || (isOn && !decides)) return null;
  const act = isOn ? 'Other graces hold' : 'It can be switched on';
  return (
    <p className={styles.quiet}>
      {isRefused
        ? `${act} only once nothing stands against it.`
        : `${act} once you have seen whom it would keep out in the next ${DAYS_TRIED} days, with just these graces.`}
    </p>
  );
}
