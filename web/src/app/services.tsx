import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { Api } from '../foundation/api';
import type { Clock } from '../foundation/clock';
import type { Environment } from '../foundation/environment';
import type { Identity, IdentityState } from '../identity/identity';
import type { Phone, PhoneState } from '../softphone/phone';
import type { Softphone } from '../softphone/softphone';
import type { SoftphoneState } from '../softphone/state';

/** What the page's components share; made once in main.tsx. */
export interface Services {
  environment: Environment;
  clock: Clock;
  identity: Identity;
  api: Api;
  softphone: Softphone;
  phone: Phone;
}

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = use(ServicesContext);
  if (services === null) throw new Error('ServicesProvider is missing');
  return services;
}

export function useIdentity(): IdentityState {
  const { identity } = useServices();
  return useSyncExternalStore(identity.subscribe, identity.state);
}

export function useSoftphone(): SoftphoneState {
  const { softphone } = useServices();
  return useSyncExternalStore(softphone.subscribe, softphone.state);
}

export function usePhone(): PhoneState {
  const { phone } = useServices();
  return useSyncExternalStore(phone.subscribe, phone.state);
}

/** The application's now, renewed at each interval and when the clock is set. */
export function useNow(intervalMs: number): number {
  const { clock } = useServices();
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    const renew = () => setNow(clock.now());
    renew();
    const timer = setInterval(renew, intervalMs);
    const unsubscribe = clock.subscribe(renew);
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }, [clock, intervalMs]);
  return now;
}

/** Hears a topic of the softphone's channel. */
export function useTopic(topic: string | null, handler: (event: unknown) => void): void {
  const { api, softphone } = useServices();
  const [latest] = useState({ handler });
  useEffect(() => {
    latest.handler = handler;
  });
  useEffect(
    () =>
      topic === null
        ? undefined
        : softphone.listen(topic, (event) => {
            api.heard();
            latest.handler(event);
          }),
    [api, softphone, topic, latest],
  );
}
