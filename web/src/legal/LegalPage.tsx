import { Frame } from '../app/Frame';
import { holds } from '../identity/permissions';
import { usePermissions } from '../identity/queries';
import { DeletionsCard } from './DeletionsCard';
import { ExportsCard } from './ExportsCard';
import { MattersCard } from './MattersCard';

/** What is kept for legal matters, and what is exported, and what is to be destroyed. */
export function LegalPage() {
  const permissions = usePermissions().data ?? [];
  const may = (asked: string) => holds(permissions, asked);
  return (
    <Frame title="Legal">
      {may('recording:matter:view') && <MattersCard may={may} />}
      {may('discovery:export:view') && <ExportsCard may={may} />}
      {may('recording:deletion:view') && <DeletionsCard may={may} />}
    </Frame>
  );
}
