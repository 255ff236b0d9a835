import '../design/tokens.css';
import '../design/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { createApi } from '../foundation/api';
import { createClock } from '../foundation/clock';
import { environmentOf } from '../foundation/environment';
import { createQueries } from '../foundation/queries';
import { createIdentity } from '../identity/identity';
import { followMicrophone, microphonePermission } from '../softphone/microphone';
import { Phone } from '../softphone/phone';
import { type ReachPorts, streamingTrouble, whyUnreached } from '../softphone/reach';
import { openLine } from '../softphone/sdk';
import { Softphone } from '../softphone/softphone';
import type { Decision } from '../wire/api';
import { createPageRouter } from './router';
import { type Services, ServicesProvider } from './services';

function createServices(): Services {
  const environment = environmentOf(window.location);
  const clock = createClock();
  const identity = createIdentity({
    environment,
    storage: window.sessionStorage,
    leave: (url) => window.location.assign(url),
  });
  const api = createApi({
    base: environment.api,
    clock,
    token: () => identity.state().token,
    onUnauthorized: (token) => identity.state().token === token && identity.drop('ended'),
  });
  const reach: ReachPorts = { environment, onLine: () => navigator.onLine };
  const softphone: Softphone = new Softphone({
    openLine: (token) => openLine(environment.name, token, phone.state().settings),
    askWhy: () => api.get<Decision>('/shiftline/access/why?userId=me&action=connect'),
    readDecision: (id) => api.get<Decision>(`/shiftline/access/decisions/${encodeURIComponent(id)}`),
    whyUnreached: () => whyUnreached(reach),
    streamingTrouble: () => streamingTrouble(reach),
  });
  const phone: Phone = new Phone({
    softphone,
    api,
    storage: window.localStorage,
    microphone: microphonePermission,
  });
  followMicrophone(() => void phone.look());
  return { environment, clock, identity, api, softphone, phone };
}

function main(): void {
  // Brought back by the back button, a kept page would still wait for the sign-in that it left for.
  window.addEventListener('pageshow', ({ persisted }) => persisted && window.location.reload());
  const services = createServices();
  const queries = createQueries();
  const router = createPageRouter(services);
  const follow = () => {
    const { token } = services.identity.state();
    if (token === null) {
      services.softphone.stop();
      services.phone.learn({ type: 'signed-out' });
      queries.clear();
    } else services.softphone.start(token);
  };
  services.identity.subscribe(follow);
  let wasReady = false;
  services.softphone.subscribe(() => {
    const ready = services.softphone.state().name === 'ready';
    // What happened while the channel was down was not heard.
    if (ready && !wasReady) {
      services.api.heard();
      void queries.invalidateQueries();
    }
    wasReady = ready;
  });
  follow();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale="en-GB">
        <ServicesProvider services={services}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ServicesProvider>
      </I18nProvider>
    </StrictMode>,
  );
}

main();
