import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useIdentity, useServices } from '../app/services';
import { Wordmark } from '../app/TopBar';
import { Button } from '../design/components';
import type { SignedOutReason } from './identity';
import styles from './SignIn.module.css';

const SENTENCES: Record<SignedOutReason, string> = {
  never: 'Sign in to start your softphone and see your schedule.',
  'signed-out': 'You are signed out, and your softphone is closed.',
  ended: 'Your sign-in has ended. Sign in again to go on.',
};

export function SignIn({ reason }: { reason: SignedOutReason }) {
  return (
    <Box sentence={SENTENCES[reason]}>
      <SignInButton />
    </Box>
  );
}

/** Shown while the login host's answer is exchanged for a token. */
export function SigningIn() {
  return <Box sentence="Signing you in." />;
}

export function SignInTrouble({ error }: { error: Error }) {
  return (
    <Box sentence={error.message}>
      <DeskOrSignIn />
    </Box>
  );
}

/** A second sign-in that failed leaves the first one as it was. */
function DeskOrSignIn() {
  const navigate = useNavigate();
  if (useIdentity().token === null) return <SignInButton />;
  return (
    <Button look="primary" onPress={() => void navigate({ to: '/', replace: true })}>
      Go to your desk
    </Button>
  );
}

function SignInButton() {
  const { identity } = useServices();
  const [leaving, setLeaving] = useState(false);
  const begin = () => {
    setLeaving(true);
    const { pathname, search } = window.location;
    void identity.begin(pathname === '/signed-in' ? '/' : pathname + search).catch(() => setLeaving(false));
  };
  return (
    <Button look="primary" onPress={begin} isDisabled={leaving}>
      {leaving ? 'Opening the sign-in page…' : 'Sign in'}
    </Button>
  );
}

function Box({ sentence, children }: { sentence: string; children?: React.ReactNode }) {
  const { environment } = useServices();
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <h1 className={styles.title}>
          <Wordmark />
        </h1>
        <p role="status" className={styles.sentence}>
          {sentence}
        </p>
        <div className={styles.action}>{children}</div>
        <p className={styles.where}>{environment.name}</p>
      </div>
    </main>
  );
}
