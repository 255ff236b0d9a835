import { ExceptionsCard } from './ExceptionsCard';
import { OverridesCard } from './OverridesCard';
import { RuleCard } from './RuleCard';

/** The shift rule whole: what it says, whom it does not concern, and who is let in all the same. */
export function RulePart({ zone, may }: { zone: string; may: (asked: string) => boolean }) {
  const mayExcept = may('access:shiftRule:edit');
  const mayLetIn = may('access:shiftRule:override');
  const mayView = may('access:shiftRule:view');
  return (
    <>
      <RuleCard zone={zone} mayEdit={may('telephony:settings:edit') && may('access:decision:view')} />
      {(mayView || mayLetIn) && <OverridesCard zone={zone} mayLetIn={mayLetIn} />}
      {(mayView || mayExcept) && <ExceptionsCard zone={zone} mayEdit={mayExcept} />}
    </>
  );
}
