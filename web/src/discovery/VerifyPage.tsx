import { useMutation } from '@tanstack/react-query';
import { DropZone, FileTrigger, Text } from 'react-aria-components';
import { Frame } from '../app/Frame';
import { useServices } from '../app/services';
import { Button, Card, Chip, Failure } from '../design/components';
import type { PackageReport } from '../wire/api';
import { sizeText, toneOf, verdictText } from './report';
import styles from './Verify.module.css';

/** A package of a legal export is brought, and what is known of it is told. */
export function VerifyPage() {
  const { api } = useServices();
  const verify = useMutation({
    mutationFn: (file: File) =>
      api.upload<PackageReport>(
        `/shiftline/packages/verifications?name=${encodeURIComponent(file.name)}`,
        file,
      ),
  });
  const take = (file: File | undefined) => {
    if (file && !verify.isPending) verify.mutate(file);
  };
  return (
    <Frame title="Verify a package">
      <Card title="Verify a package" id="verify">
        <p className={styles.quiet}>
          Bring the ZIP of a legal export, or the folder of one as a ZIP. Every hash, signature, time stamp,
          count and proof in it is checked against what this organization knows of itself. Nothing of it is
          kept.
        </p>
        <DropZone
          className={styles.zone ?? ''}
          onDrop={async ({ items }) => {
            const [first] = items;
            if (first?.kind === 'file') take(await first.getFile());
          }}
        >
          <Text slot="label" className={styles.quiet ?? ''}>
            Drop a ZIP here, or
          </Text>
          <FileTrigger acceptedFileTypes={['application/zip', '.zip']} onSelect={(files) => take(files?.[0])}>
            <Button look="primary" isDisabled={verify.isPending}>
              Choose a ZIP
            </Button>
          </FileTrigger>
        </DropZone>
        <div role="status">
          {verify.isPending && (
            <p>
              {verify.variables.name} ({sizeText(verify.variables.size)}) is being sent and verified. A large
              one takes minutes.
            </p>
          )}
        </div>
        {verify.isError && <Failure>{verify.error.message}</Failure>}
        {verify.data && !verify.isPending && <Report report={verify.data} />}
      </Card>
    </Frame>
  );
}

function Report({ report }: { report: PackageReport }) {
  return (
    <section aria-label={`Report on ${report.package}`} className={styles.report}>
      <p role="alert" className={styles.verdict} data-holds={report.holds}>
        {report.sentence}
      </p>
      <dl className={styles.facts}>
        <dt>Package</dt>
        <dd>{report.package}</dd>
        <dt>Content</dt>
        <dd>
          {report.files} files, {sizeText(report.bytes)}
        </dd>
        {report.root && (
          <>
            <dt>Root hash</dt>
            <dd>
              <code>{report.root}</code>
            </dd>
          </>
        )}
      </dl>
      <ul className={styles.findings}>
        {report.findings.map((each) => (
          <li key={`${each.check} ${each.sentence}`}>
            <Chip tone={toneOf(each.verdict)}>{verdictText(each.verdict)}</Chip>
            <span className={styles.check}>{each.check}</span>
            <span className={styles.sentence}>{each.sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
