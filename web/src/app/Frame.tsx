import type { ReactNode } from 'react';
import styles from './app.module.css';
import { TopBar } from './TopBar';

/** What every page of who is signed in has around it. The title is for those who do not see the page. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <TopBar />
      <main id="main" tabIndex={-1} className={styles.desk}>
        <h1 className="visually-hidden">{title}</h1>
        {children}
      </main>
    </>
  );
}
